// Code, tables and formulas come without a word: here they get their names, and code its buttons.
const equip = (root) => {
  const tools = document.getElementById("code-tools");
  const found = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  const name = (element, ...words) => {
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", words.filter(Boolean).join(" ").slice(0, 80));
  };
  for (const code of found(".code")) {
    if (code.closest(".tail") || code.querySelector("copy-button")) continue;
    const bar = code.querySelector(".code__bar");
    name(code.querySelector(".code__text"), tools.dataset.code, bar.textContent);
    bar.append(tools.content.cloneNode(true));
  }
  for (const box of found(".scroll:not([role])")) {
    const heads = Array.from(box.querySelectorAll("th"), (head) => head.textContent);
    name(box, box.querySelector("table") ? tools.dataset.table : tools.dataset.formula, heads.join(", "));
  }
};
equip(document);
document.addEventListener("chat:drawn", (event) => equip(event.target));
document.addEventListener("htmx:load", (event) => equip(event.target));

document.addEventListener("click", (event) => {
  const button = event.target.closest(".code__wrap");
  button?.setAttribute("aria-pressed", button.closest(".code").classList.toggle("code--wrapped"));
});
