// Says that a form holds something which is not stored yet.
customElements.define(
  "unsaved-changes",
  class extends HTMLElement {
    connectedCallback() {
      const form = this.querySelector("form");
      const words = this.querySelector(".unsaved-changes__words");
      const status = this.querySelector("[role=status]");
      const content = () => new URLSearchParams(new FormData(form)).toString();
      const stored = content();
      form.addEventListener("change", () => {
        const isStored = content() === stored;
        status.textContent = isStored ? "" : words.textContent;
      });
    }
  },
);
