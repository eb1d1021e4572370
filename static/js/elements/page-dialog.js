// A dialog that shows what an address answers. A link that names it in data-dialog opens it; without script it leads there.
customElements.define(
  "page-dialog",
  class extends HTMLElement {
    get dialog() {
      return this.firstElementChild;
    }

    connectedCallback() {
      // Only beside what it holds, the dialog itself is hit.
      this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.close());
      this.addEventListener("chat:done", () => this.close());
      this.dialog.addEventListener("close", () => this.dialog.replaceChildren());
      this.leaving = new AbortController();
      document.addEventListener("click", (event) => this.follow(event), { signal: this.leaving.signal });
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    async follow(event) {
      const link = event.target.closest(`a[data-dialog="${this.id}"]`);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
      if (answer?.ok) this.open(await answer.text());
    }

    open(html) {
      const holder = document.createElement("template");
      holder.innerHTML = html;
      this.dialog.replaceChildren(holder.content);
      htmx.process(this.dialog);
      if (!this.dialog.open) this.dialog.showModal();
    }

    close() {
      this.dialog.close();
    }
  },
);
