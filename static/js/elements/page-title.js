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
      this.nameIn(document.getElementById("rename"));
    }

    // The field to rename by offers what there is, and keeps what somebody has begun to type.
    nameIn(box) {
      if (!box) return;
      const isTouched = box.value !== box.defaultValue;
      box.defaultValue = this.dataset.name;
      if (!isTouched) box.value = this.dataset.name;
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
