// Draws a frame: HTML whose top-level elements say in hx-swap-oob how and where they go.
// Places that are not on this page are passed over: whoever needs them gets them with the next full drawing.
const drawFrame = (() => {
  const ways = {
    outerHTML: (target, nodes) => target.replaceWith(...nodes),
    innerHTML: (target, nodes) => target.replaceChildren(...nodes),
    beforebegin: (target, nodes) => target.before(...nodes),
    afterbegin: (target, nodes) => target.prepend(...nodes),
    beforeend: (target, nodes) => target.append(...nodes),
    afterend: (target, nodes) => target.after(...nodes),
    delete: (target) => target.remove(),
  };

  const place = (element) => {
    const order = element.getAttribute("hx-swap-oob");
    const colon = order.indexOf(":");
    element.removeAttribute("hx-swap-oob");
    if (colon > 0) return [order.slice(0, colon), order.slice(colon + 1), [...element.childNodes]];
    return [order === "true" ? "outerHTML" : order, `#${CSS.escape(element.id)}`, [element]];
  };

  const draw = (element) => {
    const [way, selector, nodes] = place(element);
    const target = document.querySelector(selector);
    if (!target) return;
    const focused = way.endsWith("HTML") && target.contains(document.activeElement) ? document.activeElement.id : "";
    ways[way](target, nodes);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    for (const node of nodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      htmx.process(node);
      node.dispatchEvent(new CustomEvent("chat:drawn", { bubbles: true }));
    }
  };

  return (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const element of [...holder.content.children]) if (element.hasAttribute("hx-swap-oob")) draw(element);
  };
})();
