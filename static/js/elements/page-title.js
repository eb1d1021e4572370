// The window's title: the heading, which may change while the page is open, behind the number of unread notices.
const windowTitle = {
  words: null,
  count: 0,

  // The server's title has the number in it already.
  read() {
    const number = document.querySelector("notice-count")?.dataset.count;
    this.words ??= number ? document.title.replace(`(${number}) `, "") : document.title;
  },

  write(changes) {
    this.read();
    Object.assign(this, changes);
    document.title = this.count ? `(${this.count}) ${this.words}` : this.words;
  },
};

customElements.define(
  "page-title",
  class extends HTMLElement {
    connectedCallback() {
      windowTitle.write({ words: `${this.textContent} – ${this.dataset.site}` });
    }
  },
);

customElements.define(
  "notice-count",
  class extends HTMLElement {
    connectedCallback() {
      windowTitle.write({ count: Number(this.dataset.count) });
    }

    disconnectedCallback() {
      if (!document.querySelector("notice-count")) windowTitle.write({ count: 0 });
    }
  },
);
