// How far a job seems to be, by the time that such jobs usually take: it slows down and never says that it is over.
customElements.define(
  "job-progress",
  class extends HTMLElement {
    connectedCallback() {
      const began = performance.now() - 1_000 * this.dataset.seconds;
      this.timer = setInterval(() => this.show((performance.now() - began) / 1_000), 1_000);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    show(seconds) {
      this.querySelector("progress").value = 1_000 * (1 - Math.exp((-1.6 * seconds) / this.dataset.usual));
    }
  },
);
