// What a typed command does: presses what is on the page, fills a field in, or chooses from a list.
const last = (selector) => [...document.querySelectorAll(selector)].at(-1);

// A reply that is not written cannot be stopped.
const isPossible = ({ press, fill, choose, target }) => {
  const found = last(press ?? fill ?? choose ?? target);
  // A field may wait in a menu that is shut, but not in one that is not shown.
  return Boolean(found && (!fill || (found.closest("details") ?? found).checkVisibility()));
};

const runCommand = ({ press, fill, target, value }, rest) => {
  if (press) last(press).click();
  if (fill) fillIn(last(fill), rest);
  if (target) {
    const list = last(target);
    list.value = value;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }
};

// With words the form is sent at once, else the field is shown for them.
const fillIn = (field, words) => {
  if (words) {
    field.value = words;
    return field.form.requestSubmit();
  }
  const menu = field.closest("details");
  if (menu) menu.open = true;
  field.focus();
  field.select();
};
