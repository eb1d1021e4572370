// A note that something was done and can be undone. It stays until it is closed or acted upon.
customElements.define(
  "toast-note",
  class extends HTMLElement {
    connectedCallback() {
      this.querySelector(".toast__close").addEventListener("click", () => this.close());
      this.addEventListener("htmx:beforeSwap", () => this.handOn());
    }

    close() {
      this.handOn();
      this.remove();
    }

    // The focus must not end with the note that has it.
    handOn() {
      if (this.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
    }
  },
);
