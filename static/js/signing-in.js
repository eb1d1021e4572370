// Signing in again without leaving the page: what was typed stays, and what was asked for is asked for again.
const signIn = (() => {
  const JUST = 5_000;
  let again = null;
  let renewedAt = -JUST;

  const dialog = () => document.getElementById("sign-in");
  // Once, and in sight of what comes of it, if that can be had soon.
  const go = (next) => {
    if (!next || isConnected()) return next?.();
    const timer = setTimeout(next, JUST);
    document.addEventListener("chat:open", () => (clearTimeout(timer), next()), { once: true });
  };

  // Everything on the page that speaks for the person gets the token of the new session. The socket is one session's.
  document.addEventListener("chat:signed-in", ({ detail }) => {
    renewedAt = performance.now();
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": detail.token }));
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = detail.token;
    const next = again;
    dialog().close();
    go(next);
  });

  // Whether another tab has signed in already; else what to show.
  const look = async () => {
    const answer = await fetch(dialog().dataset.address, { headers: { "HX-Request": "true" } });
    const told = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}")["chat:signed-in"];
    if (told) document.dispatchEvent(new CustomEvent("chat:signed-in", { detail: told }));
    return told ? "" : answer.text();
  };

  // A request that is refused right after signing in has another reason than its session.
  const ask = async (next, isQuiet = false) => {
    if (performance.now() - renewedAt < JUST) return;
    again = next ?? again;
    const html = await look().catch(() => "");
    if (html && !isQuiet) dialog().open(html);
    dialog().dialog.onclose = () => (again = null);
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sign-in]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    ask();
  });
  document.addEventListener("htmx:responseError", ({ detail: { xhr, elt } }) => {
    const again = elt.matches("form, button") && !elt.closest("dialog");
    if (again && [401, 403].includes(xhr.status)) ask(() => (elt.form ? elt.click() : elt.requestSubmit()));
  });
  return ask;
})();
