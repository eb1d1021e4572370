// While the socket is not open nobody would draw what a command changes: the form is then submitted plainly, and the
// answer is a whole page. Forms that came over the socket borrow the page's token for that. Dialogs draw themselves,
// the composer and the forms of edits know better, and who is signed out is asked to sign in first.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (isConnected() || form.id === "ask" || form.closest("dialog, edit-message")) return;
    if (document.querySelector("chat-live[data-state=signed-out]")) {
      event.preventDefault();
      event.stopPropagation();
      signIn(() => form.requestSubmit(event.submitter));
      return;
    }
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (form.method === "post" && token && !form.elements.csrfmiddlewaretoken?.value) {
      form.append(token.cloneNode());
    }
    event.stopPropagation();
  },
  true,
);

// A button that has its own address: htmx takes its click, and must not while the form is to be submitted plainly.
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest("button[hx-post]") && !isConnected()) event.stopPropagation();
  },
  true,
);

// A closed menu is what people expect after a command of it, after Escape, and after a click elsewhere.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) closeMenus();
});
