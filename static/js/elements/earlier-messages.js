// Earlier messages come when one gets near to them, and what is in sight stays where it is.
customElements.define(
  "earlier-messages",
  class extends HTMLElement {
    static NEAR = "800px 0px";

    connectedCallback() {
      if (this.leads()) return;
      // What stands before the message of the address is loaded from there: a step of ours ends the browser's own way.
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
      this.watch = new IntersectionObserver(([entry]) => entry.isIntersecting && this.load(), {
        rootMargin: this.constructor.NEAR,
      });
      this.watch.observe(this);
      this.addEventListener("htmx:beforeSwap", () => this.remember());
    }

    // By now the new ones stand before us: move by as much as they have pushed the others away, wherever the view is.
    disconnectedCallback() {
      this.watch?.disconnect();
      if (this.mark) scrollBy(0, this.place() - this.before);
      document.documentElement.style.overflowAnchor = "";
    }

    // The address names a message that is further up.
    leads() {
      const code = location.hash.match(/^#message-([\w-]+)$/)?.[1];
      if (!code || document.getElementById(`message-${code}`) || location.search) return false;
      location.replace(`?around=${code}${location.hash}`);
      return true;
    }

    load() {
      this.watch.disconnect();
      this.firstElementChild.click();
    }

    // The browser's own way to keep the view would come on top, and does not work at the very top.
    remember() {
      this.mark = this.nextElementSibling;
      this.before = this.place();
      document.documentElement.style.overflowAnchor = "none";
    }

    place() {
      return scrollY + (this.mark?.getBoundingClientRect().top ?? 0);
    }
  },
);
