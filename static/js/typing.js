// The keyboard as text boxes meet it; included before everything that listens to keys.

// An input method that composes a word has the keys to itself: Enter confirms, Escape drops, arrows choose. Chrome says
// isComposing; Safari has ended the composition when its Enter comes, and says 229 only. The browser still gets them.
const isComposing = (event) => event.isComposing || event.keyCode === 229;
addEventListener("keydown", (event) => isComposing(event) && event.stopImmediatePropagation(), true);

// Fingers without a mouse: no keyboard but the one that a focused box calls up, and no Shift with its Enter.
const isTouched = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

// What sends a text: Enter, or with Ctrl or ⌘ only for whom wants that. On a phone Enter breaks the line.
const sendsText = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.altKey) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return document.body.dataset.sendKey !== "modifier" && !isTouched();
};

// Puts a text into a box as if it had been typed, with the caret behind it.
const writeInto = (box, text) => {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.setSelectionRange(text.length, text.length);
};

// Long texts that are edited in a form of their own are sent like messages, but never by Enter alone.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("textarea[data-sends]") || !(event.ctrlKey || event.metaKey) || !sendsText(event)) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

// Keys without a modifier count outside of text boxes, for whom has not switched them off. Of several things with one key
// the first that is in sight has it; Enter is that of the link or button that has the focus.
const TYPED_INTO = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.singleKeys === "off") return;
  if (event.target.closest?.(TYPED_INTO) || (event.key === "Enter" && event.target.closest?.("a, button, summary"))) return;
  const having = [...document.querySelectorAll(`[data-key~="${CSS.escape(event.key)}"]`)];
  const target = having.find((each) => each.checkVisibility()) ?? having[0];
  if (!target) return;
  event.preventDefault();
  target.matches("textarea") ? target.focus() : target.click();
  if (event.key === "/" && !target.value) writeInto(target, "/");
});
document.addEventListener("chat:keys", ({ detail }) => (document.body.dataset.singleKeys = detail.single ? "on" : "off"));
