// The text of a case and its pictures, shown without leaving the page: what is typed beside it stays, and so does the
// place. A button that shows a picture names it, so that the focus can go there.
customElements.define(
  "case-text",
  class extends HTMLElement {
    connectedCallback() {
      this.leaving = new AbortController();
      const options = { signal: this.leaving.signal, capture: true };
      document.addEventListener("submit", (event) => this.submitted(event), options);
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    // Whoever is refused or signed out gets the page that says so.
    async submitted(event) {
      const { submitter, target: form } = event;
      if (!submitter?.matches("[data-show]")) return;
      event.preventDefault();
      event.stopPropagation();
      const order = new FormData(form, submitter); // before it is disabled: then it would not count
      submitter.disabled = true;
      const answer = await post(submitter.formAction, order).catch(() => null);
      if (answer?.ok && answer.headers.get("Content-Type")?.startsWith("text/html")) return this.show(await answer.text(), submitter.dataset.show);
      submitter.disabled = false;
      submitter.removeAttribute("data-show");
      submitter.click();
    }

    show(html, picture) {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      this.replaceChildren(holder.content);
      const shown = document.querySelector("#verdict [name=shown]");
      if (shown) shown.value = "yes";
      // The focus goes to the text, where the keys of the desk work and a screen reader begins to read.
      (document.getElementById(picture) ?? this.querySelector("[data-shown]"))?.focus({ preventScroll: Boolean(picture) });
      this.dispatchEvent(new CustomEvent("chat:drawn", { bubbles: true }));
    }
  },
);
