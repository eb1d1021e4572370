// Keeps the window's title equal to the heading, which may change while the page is open.
customElements.define(
  "page-title",
  class extends HTMLElement {
    connectedCallback() {
      document.title = `${this.textContent} – ${this.dataset.site}`;
    }
  },
);
