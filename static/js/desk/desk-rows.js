// The queue by keyboard: J and K move from case to case, Enter opens, as it does on every link.
customElements.define(
  "desk-rows",
  class extends HTMLElement {
    connectedCallback() {
      this.leaving = new AbortController();
      document.addEventListener("keydown", (event) => this.key(event), { signal: this.leaving.signal });
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    key(event) {
      const step = { j: 1, k: -1 }[event.key.toLowerCase()];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.body.dataset.singleKeys === "off" || event.target.closest(TYPED_INTO)) return;
      const links = [...this.querySelectorAll(".desk-row")];
      const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
      event.preventDefault();
      links.at(here < 0 ? (step > 0 ? 0 : -1) : Math.min(Math.max(here + step, 0), links.length - 1))?.focus();
    }
  },
);
