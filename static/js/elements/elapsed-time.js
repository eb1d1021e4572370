// Seconds that go on while something is being done.
customElements.define(
  "elapsed-time",
  class extends HTMLElement {
    connectedCallback() {
      const began = performance.now() - 1_000 * this.dataset.seconds;
      this.timer = setInterval(() => this.show(Math.floor((performance.now() - began) / 1_000)), 1_000);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    show(seconds) {
      const clock = () => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      this.textContent = this.dataset.shape ? clock() : seconds;
    }
  },
);
