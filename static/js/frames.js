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
    attributes: (target, [given]) => {
      for (const { name, value } of given.attributes) {
        if (value) target.setAttribute(name, value);
        else target.removeAttribute(name);
      }
    },
    // What looks the same stays, with what is open and typed in it.
    unlike: (target, nodes) => target.dataset.version === nodes[0].dataset.version || target.replaceWith(...nodes),
    // Where something was asked for that is not answered yet, the answer draws.
    unasked: (target, nodes) => target.querySelector(".htmx-request") || target.replaceWith(...nodes),
    window: (target, nodes) => redraw(target, nodes),
  };

  // The latest messages of a path. What is on the page already stays, with its folds and marks, and so does what leads
  // there: there is one way to a message only.
  const redraw = (target, nodes) => {
    const messages = nodes.filter((node) => node.dataset?.version);
    let old = messages.length && target.querySelector(`#${messages[0].id}`);
    if (!old) return target.replaceChildren(...nodes);
    for (const message of messages) {
      const next = nextMessage(old);
      if (old?.id !== message.id) {
        dropFrom(old);
        target.append(message);
      } else if (old.dataset.version !== message.dataset.version) old.replaceWith(message);
      old = old?.id === message.id ? next : null;
    }
    dropFrom(old);
  };

  // Between messages there may be the form that edits the one before it.
  const nextMessage = (element) => {
    let next = element?.nextElementSibling;
    while (next && !next.dataset.version) next = next.nextElementSibling;
    return next;
  };

  const dropFrom = (element) => {
    while (element) {
      const next = element.nextElementSibling;
      element.remove();
      element = next;
    }
  };

  const place = (element) => {
    const order = element.getAttribute("hx-swap-oob");
    const colon = order.indexOf(":");
    element.removeAttribute("hx-swap-oob");
    // Rows of a table come in a template: nowhere else may they stand alone.
    if (colon > 0) return [order.slice(0, colon), order.slice(colon + 1), [...(element.content ?? element).childNodes]];
    return [order === "true" ? "outerHTML" : order, `#${CSS.escape(element.id)}`, [element]];
  };

  // The keyboard was at something that is gone now, as "Answer again" once it was pressed: it goes on at the same thing
  // drawn anew, or where one writes.
  const comeBack = (focused, isOfMessage) => {
    const again = focused.id && document.getElementById(focused.id);
    const box = isOfMessage && !isTouched() && document.getElementById("prompt");
    (again || box)?.focus?.({ preventScroll: true });
  };

  const draw = (element) => {
    const [way, selector, nodes] = place(element);
    const target = document.querySelector(selector);
    if (!target) return;
    const focused = document.activeElement;
    const isOfMessage = focused.closest(".message");
    ways[way](target, nodes);
    if (!focused.isConnected) comeBack(focused, isOfMessage);
    for (const node of nodes) {
      if (node.nodeType !== Node.ELEMENT_NODE || !node.isConnected) continue;
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
