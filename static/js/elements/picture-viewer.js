// A picture over the page: Escape closes it, the arrows lead to those beside it. Without script its link shows it alone.
customElements.define(
  "picture-viewer",
  class extends HTMLElement {
    connectedCallback() {
      this.dialog = this.querySelector("dialog");
      this.image = new Image();
      this.querySelector("figure").prepend(this.image);
      this.words = this.querySelector("figcaption");
      this.leaving = new AbortController();
      document.addEventListener("click", (event) => this.open(event), this.leaving);
      this.dialog.addEventListener("click", ({ target }) => this.press(target));
      this.dialog.addEventListener("keydown", ({ key }) => this.step({ ArrowLeft: -1, ArrowRight: 1 }[key]));
      this.dialog.addEventListener("close", () => this.image.removeAttribute("src"));
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    open(event) {
      const link = event.target.closest("a[data-picture]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.links = [...link.closest("ul").querySelectorAll("a[data-picture]")];
      this.show(this.links.indexOf(link));
      this.dialog.showModal();
    }

    press(target) {
      const button = target.closest("button");
      if (button?.dataset.by) this.step(Number(button.dataset.by));
      else if (button || target === this.dialog) this.dialog.close();
    }

    step(by) {
      if (by && this.links[this.at + by]) this.show(this.at + by);
    }

    show(at) {
      this.at = at;
      const link = this.links[at];
      const small = link.querySelector("img");
      this.image.width = link.dataset.width ?? small.width;
      this.image.height = link.dataset.height ?? small.height;
      this.image.src = link.href;
      this.words.textContent = this.image.alt = small.alt;
      for (const button of this.querySelectorAll("[data-by]")) button.disabled = !this.links[at + Number(button.dataset.by)];
    }
  },
);
