// The list of conversations by keyboard: the Tab key stops once, arrows move inside, and the place is kept when the
// entry that has the focus is drawn anew, moves or goes.
customElements.define(
  "entry-list",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("keydown", (event) => this.key(event));
      this.addEventListener("click", (event) => !event.isTrusted && event.target === this && this.enter());
      this.addEventListener("focusin", (event) => this.stand(event.target));
      this.addEventListener("focusout", ({ target }) => queueMicrotask(() => this.leave(target)));
      this.watch = new MutationObserver(() => this.settle());
      this.watch.observe(this, { childList: true, subtree: true });
      this.settle();
    }

    disconnectedCallback() {
      this.watch.disconnect();
    }

    // What its own key does, which presses it.
    enter() {
      this.closest("side-drawer").show(document.activeElement);
      this.items.find((item) => item.tabIndex === 0)?.focus();
    }

    get items() {
      return [...this.querySelectorAll(".sidebar__item")];
    }

    // Where the focus is: in an entry, or in the row that renames one.
    stand(target) {
      const row = target.closest("li");
      const entry = row?.querySelector(".sidebar__item") ?? row?.previousElementSibling?.querySelector(".sidebar__item");
      if (!entry) return;
      const items = this.items;
      this.at = { id: row.id, index: items.indexOf(entry) };
      this.allow(items, entry);
    }

    // What is taken from the page loses the focus first, and is gone only after that.
    leave(target) {
      if (target.isConnected && !this.contains(document.activeElement)) this.at = null;
    }

    settle() {
      const items = this.items;
      if (this.at && document.activeElement === document.body) this.stayNear(items);
      const here = items.find((item) => item.parentElement.contains(document.activeElement));
      this.allow(items, here ?? this.querySelector("[aria-current]") ?? items[0]);
    }

    stayNear(items) {
      const same = items.find((item) => item.parentElement.id === this.at.id);
      const near = items[Math.min(this.at.index, items.length - 1)];
      (same ?? near)?.focus({ preventScroll: Boolean(same) });
    }

    allow(items, stop) {
      for (const item of items) {
        const place = item === stop ? 0 : -1;
        if (item.tabIndex !== place) item.tabIndex = item.nextElementSibling.tabIndex = place;
      }
    }

    key(event) {
      const entry = event.target.closest(".sidebar__entry")?.querySelector(".sidebar__item");
      if (!entry || event.altKey || event.ctrlKey || event.metaKey) return;
      const items = this.items;
      const at = items.indexOf(entry);
      const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      items[next]?.focus();
    }
  },
);
