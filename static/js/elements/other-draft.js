// Two pages have typed into one conversation at once: both texts stay until their person chooses. The one is in the box,
// the other waits here; nothing is kept meanwhile, and either can be sent.
customElements.define(
  "other-draft",
  class extends HTMLElement {
    static SHOWN = 280;

    connectedCallback() {
      this.querySelector("[data-swap]").addEventListener("click", () => this.swap());
      this.querySelector("[data-keep]").addEventListener("click", () => this.keep());
    }

    get isOpen() {
      return !this.hidden;
    }

    open({ text, version }, draft) {
      Object.assign(this, { text, version, draft });
      this.querySelector("q").textContent = text.slice(0, this.constructor.SHOWN);
      this.hidden = false;
      draft.dataset.state = "unkept";
    }

    swap() {
      const { box } = this.draft;
      const mine = box.value;
      writeInto(box, this.text);
      box.focus();
      this.open({ text: mine, version: this.version }, this.draft);
    }

    // The server has the version that is left behind, and lets this page go on from there.
    keep() {
      this.close();
      this.draft.store.version = this.version;
      this.draft.save();
      this.draft.box.focus();
    }

    close() {
      this.hidden = true;
    }
  },
);
