// A time that goes on: until a moment (data-until) or since one (data-since), as hours and minutes or minutes and seconds.
customElements.define(
  "desk-time",
  class extends HTMLElement {
    static EVERY = { hours: 20_000, minutes: 1_000 };

    connectedCallback() {
      this.timer = setInterval(() => this.show(), this.constructor.EVERY[this.dataset.shape]);
    }

    disconnectedCallback() {
      clearInterval(this.timer);
    }

    get seconds() {
      const { until, since } = this.dataset;
      return (until ? new Date(until) - Date.now() : Date.now() - new Date(since)) / 1_000;
    }

    show() {
      const seconds = this.seconds;
      this.textContent = this.words(seconds);
      if (!this.dataset.until) return;
      this.classList.toggle("timer--late", seconds <= 0);
      this.classList.toggle("timer--soon", seconds > 0 && seconds < this.dataset.soon);
    }

    words(seconds) {
      const count = Math.floor(Math.abs(seconds));
      const sign = seconds < 0 ? "−" : "";
      const two = (number) => String(number).padStart(2, "0");
      if (this.dataset.shape === "minutes") return `${sign}${Math.floor(count / 60)}:${two(count % 60)}`;
      if (count >= 172_800) return `${sign}${Math.floor(count / 86_400)} ${this.dataset.days}`;
      return `${sign}${Math.floor(count / 3_600)}:${two(Math.floor((count % 3_600) / 60))}`;
    }
  },
);
