// What comes into the list: no entry twice, and no mark of news that goes only to come again.
customElements.define(
  "entry-days",
  class extends HTMLElement {
    connectedCallback() {
      this.watch = new MutationObserver((records) => records.forEach((record) => this.take(record)));
      this.watch.observe(this, { childList: true, subtree: true });
    }

    disconnectedCallback() {
      this.watch.disconnect();
    }

    take({ addedNodes, removedNodes }) {
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        const old = [...removedNodes].find((each) => each.id && each.id === node.id);
        if (old?.querySelector(".sidebar__item--unread")) node.querySelector("[data-late]")?.removeAttribute("data-late");
        for (const entry of node.querySelectorAll(".sidebar__entry")) this.dropSecond(entry);
      }
    }

    // An entry may rise while older ones are on their way here, itself among them.
    dropSecond(entry) {
      if (document.getElementById(entry.id) !== entry) entry.remove();
    }
  },
);
