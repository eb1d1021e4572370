// A message is edited where it stands. The form has a row of its own behind the message, which is out of sight meanwhile:
// whatever is drawn leaves the form, and a word that an input method is about to finish, alone. Without script, and
// without a socket, the same link leads to a page with the same form.
customElements.define(
  "edit-message",
  class extends HTMLElement {
    connectedCallback() {
      if (this.leaving) return;
      this.form = this.querySelector("form");
      this.box = this.querySelector("textarea");
      this.leaving = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.leaving.signal });
      on(this.form, "submit", (event) => this.submit(event));
      on(this, "keydown", (event) => event.key === "Escape" && this.cancel(event));
      on(this.querySelector("[data-cancel]"), "click", (event) => this.cancel(event));
      on(document, "chat:drawn", ({ target }) => target.id === this.dataset.of && this.meet(target));
      on(window, "beforeunload", (event) => this.isChanged && event.preventDefault());
      this.prependNumber();
      this.box.focus({ preventScroll: true });
      this.box.setSelectionRange(this.box.value.length, this.box.value.length);
      this.scrollIntoView({ block: "nearest" });
    }

    // The path has changed, and the message with its form is not on it any more: own words go to the message box.
    disconnectedCallback() {
      this.leaving.abort();
      if (this.isDone || !this.isChanged || !this.matches(".edit--question")) return;
      const prompt = document.getElementById("prompt");
      if (prompt) writeInto(prompt, [prompt.value, this.box.value].filter(Boolean).join("\n\n"));
    }

    get message() {
      return document.getElementById(this.dataset.of);
    }

    get isChanged() {
      return !this.isDone && this.box.value !== this.box.defaultValue;
    }

    // It keeps its place in the gutter.
    prependNumber() {
      const number = this.message?.querySelector(".message__number")?.cloneNode(true);
      if (!number) return;
      number.removeAttribute("id");
      this.prepend(number);
    }

    // What is withdrawn may not stay in a box either.
    meet(message) {
      if (message.matches(".message--held, .message--removed")) this.close();
    }

    cancel(event) {
      event.preventDefault();
      event.stopPropagation();
      const { message } = this;
      this.close();
      const link = message?.querySelector(`a[href="${this.form.getAttribute("action")}"]`);
      (link?.closest("details")?.querySelector("summary") ?? link)?.focus();
    }

    close() {
      this.isDone = true;
      this.remove();
    }

    // Never twice at once; a form that is sent again has the same key.
    async submit(event) {
      event.preventDefault();
      if (this.isSending) return;
      this.isSending = true;
      const answer = await post(this.form.action, new FormData(this.form)).catch(() => null);
      this.isSending = false;
      if (answer?.ok) return this.taken(await answer.text());
      this.tell(answer ? await answer.text() : "");
      if (answer && [401, 403].includes(answer.status)) signIn(() => this.form.requestSubmit());
      this.box.setAttribute("aria-invalid", "true");
    }

    taken(words) {
      const isElsewhere = !isConnected() || document.querySelector("earlier-page");
      this.close();
      if (isElsewhere) return location.assign(location.pathname);
      tellBeside(words);
      document.dispatchEvent(new Event("chat:jump"));
      if (!isTouched()) document.getElementById("prompt").focus({ preventScroll: true });
    }

    tell(html) {
      const answer = document.createElement("template");
      answer.innerHTML = html;
      const failures = answer.content.querySelectorAll(".failure");
      const away = Object.assign(document.createElement("p"), { className: "failure", textContent: this.dataset.away });
      this.querySelector(".edit__error").replaceChildren(...(failures.length ? failures : [away]));
    }
  },
);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-edit]");
  if (!link || !isConnected() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const message = link.closest(".message");
  const open = document.querySelector(`edit-message[data-of="${message.id}"]`);
  if (open) return open.box.focus();
  closeMenus();
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  const html = answer?.ok && !answer.redirected ? await answer.text() : "";
  if (!html.includes("<edit-message")) return location.assign(link.href);
  const holder = document.createElement("template");
  holder.innerHTML = html;
  if (message.isConnected) message.after(holder.content.querySelector("edit-message"));
});
