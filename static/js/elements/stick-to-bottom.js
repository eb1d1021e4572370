// The view follows what is written only if the person was at the end, and not while they press or select something.
customElements.define(
  "stick-to-bottom",
  class extends HTMLElement {
    static NEAR = 64;
    static STEP = 2;

    connectedCallback() {
      this.leaving = new AbortController();
      const on = (target, names, act) => {
        for (const name of names) target.addEventListener(name, act, { passive: true, signal: this.leaving.signal });
      };
      this.sticks = !/^#message-/.test(location.hash) && this.childElementCount > 0;
      this.last = 0;
      on(window, ["scroll"], () => this.moved());
      on(window, ["resize"], () => this.grown());
      on(document, ["chat:sent", "chat:jump"], () => this.follow());
      // At once: words may follow before the next layout, and what the message took the place of may have been higher.
      on(this, ["chat:drawn"], ({ target }) => target.matches(".message") && this.grown());
      on(this, ["pointerdown"], () => (this.isHeld = true));
      on(window, ["pointerup", "pointercancel"], () => (this.isHeld = false));
      // What is opened by hand grows downwards.
      on(this, ["click"], (event) => event.target.closest("summary, .code__wrap") && this.leave());
      this.watch = new ResizeObserver(() => this.grown());
      this.watch.observe(this);
      this.watch.observe(document.querySelector(".composer"));
    }

    disconnectedCallback() {
      this.leaving.abort();
      this.watch.disconnect();
    }

    get distance() {
      const root = document.scrollingElement;
      return root.scrollHeight - root.scrollTop - root.clientHeight;
    }

    // A step up leaves the end, however small; whoever comes near going down is there again.
    moved() {
      const { scrollTop } = document.scrollingElement;
      const { NEAR, STEP } = this.constructor;
      if (scrollTop < this.last) this.sticks &&= this.distance <= STEP;
      else this.sticks ||= this.distance < NEAR;
      this.last = scrollTop;
      this.tell();
    }

    grown() {
      const selection = getSelection();
      if (this.sticks && !selection.isCollapsed && this.contains(selection.anchorNode)) this.leave();
      if (this.sticks && !this.isHeld) this.follow();
      else this.tell();
    }

    follow() {
      const root = document.scrollingElement;
      this.sticks = true;
      root.scrollTop = root.scrollHeight;
      // Our own step is nobody's wish, and where the page became shorter before it grew again, it leads up.
      this.last = root.scrollTop;
      this.tell();
    }

    leave() {
      this.sticks = false;
    }

    tell() {
      const isEnd = this.distance < this.constructor.NEAR;
      if (isEnd === this.isEnd) return;
      this.isEnd = isEnd;
      this.dispatchEvent(new CustomEvent("chat:end", { bubbles: true, detail: isEnd }));
    }
  },
);
