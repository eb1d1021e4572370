// The view follows what is written only if the person was at the end.
customElements.define(
  "stick-to-bottom",
  class extends HTMLElement {
    static NEAR = 64;

    connectedCallback() {
      this.leaving = new AbortController();
      const signal = this.leaving.signal;
      this.sticks = !location.hash && this.childElementCount > 0;
      addEventListener("scroll", () => (this.sticks = this.isNear()), { passive: true, signal });
      document.addEventListener("chat:sent", () => this.follow(true), { signal });
      this.watch = new ResizeObserver(() => this.follow(this.sticks));
      this.watch.observe(this);
    }

    disconnectedCallback() {
      this.leaving.abort();
      this.watch.disconnect();
    }

    isNear() {
      const root = document.scrollingElement;
      return root.scrollHeight - root.scrollTop - root.clientHeight < this.constructor.NEAR;
    }

    follow(wanted) {
      this.sticks = wanted;
      if (wanted) document.scrollingElement.scrollTop = document.scrollingElement.scrollHeight;
    }
  },
);
