// The way back to the end, shown while one is elsewhere.
customElements.define(
  "jump-to-end",
  class extends HTMLElement {
    connectedCallback() {
      document.addEventListener("chat:end", ({ detail }) => (this.hidden = detail));
      this.addEventListener("click", (event) => {
        document.dispatchEvent(new Event("chat:jump"));
        // The button goes: whoever uses the keyboard goes on in the message box.
        if (!event.detail) document.getElementById("prompt").focus({ preventScroll: true });
      });
    }
  },
);
