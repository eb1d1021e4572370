// Answers a page that cannot be loaded with the offline page, the only thing that it keeps. All else passes it by.
const CACHE = "offline-{{ version }}";
const PAGE = "{{ page|escapejs }}";

addEventListener("install", (event) => {
  skipWaiting();
  const page = new Request(PAGE, { cache: "reload", credentials: "omit" });
  event.waitUntil(caches.open(CACHE).then((cache) => cache.add(page)));
});

addEventListener("activate", (event) => {
  const forget = (names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
  // The browser asks the site while it still starts this worker, so that pages do not come later for it.
  event.waitUntil(Promise.all([caches.keys().then(forget), registration.navigationPreload?.enable()]));
});

const answer = async (event) => {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return (await caches.match(PAGE, { ignoreVary: true })) ?? Response.error();
  }
};

addEventListener("fetch", (event) => {
  const { mode, method } = event.request;
  if (mode === "navigate" && method === "GET") event.respondWith(answer(event));
});
