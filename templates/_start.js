// The page is drawn first, and only then its scripts run: on a slow phone they would hold the picture back. They were
// asked for with the page, so they are here by then. A tab in the background is not drawn: hence the limit. Where it takes
// a script to begin at the end of a conversation, none is seen before.
addEventListener("load", () => {
  const start = () => {
    for (const { href } of document.querySelectorAll("link[rel=preload][as=script]")) {
      document.head.append(Object.assign(document.createElement("script"), { src: href, async: false }));
    }
  };
  if (document.querySelector(".message") && !CSS.supports("scroll-initial-target", "nearest")) return start();
  const drawn = new Promise((done) => new PerformanceObserver(done).observe({ type: "paint", buffered: true }));
  Promise.race([drawn, new Promise((done) => setTimeout(done, 300))]).then(start);
});
