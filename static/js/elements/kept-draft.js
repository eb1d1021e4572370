// Keeps what is typed on the server, for every page of its person: after a pause, and on leaving. data-state: nothing,
// kept, unkept.
customElements.define(
  "kept-draft",
  class extends HTMLElement {
    static PAUSE = 600;
    static LONGEST = 3_000;

    connectedCallback() {
      const form = document.getElementById("ask");
      this.box = form.elements.text;
      this.other = document.querySelector("other-draft");
      this.store = new DraftStore(form, this.dataset);
      this.store.onrenewed = () => this.save();
      this.dataset.state = this.store.text ? "kept" : "";
      // A page that is loaded anew may be older than what its last self saved in going.
      this.isFresh = performance.getEntriesByType("navigation")[0]?.type === "navigate";
      const on = (target, name, act) => target.addEventListener(name, act);
      on(this.box, "input", () => this.typed());
      on(document, "chat:sent", () => this.sent());
      on(document, "chat:open", () => this.meet());
      on(document, "chat:signed-in", () => this.save());
      // Sent elsewhere, or cleared on the server of what quoted a reply that is withdrawn.
      const moved = ".message--question, .message--held, .message--removed";
      on(document, "chat:drawn", ({ target }) => target.matches(moved) && this.look());
      on(document, "visibilitychange", () => (document.hidden ? this.save() : this.meet()));
      on(window, "pagehide", () => this.save());
      on(window, "beforeunload", (event) => this.leave(event));
      if (this.isChanged) this.typed();
    }

    get isChanged() {
      return this.box.value !== this.store.text;
    }

    // Whether leaving would cost something: what cannot be kept, or is too long to be kept in passing.
    get isLosable() {
      const isUnkept = this.dataset.state === "unkept" || !this.store.survivesLeaving(this.box.value);
      return this.isChanged && isUnkept;
    }

    // Before the next page is asked for, so that it comes with what was typed.
    leave(event) {
      if (this.isLosable) event.preventDefault();
      this.save();
    }

    typed() {
      this.dataset.state = this.dataset.state === "kept" ? "" : this.dataset.state;
      this.since ??= performance.now();
      const longest = Math.max(0, this.constructor.LONGEST - (performance.now() - this.since));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), Math.min(this.constructor.PAUSE, longest));
    }

    async save() {
      clearTimeout(this.timer);
      this.since = null;
      if (!this.isChanged || this.other.isOpen || this.box.value === this.saving) return;
      this.saving = this.box.value;
      const result = await this.store.save(this.saving);
      this.saving = null;
      const isOver = result === "kept" && (this.isChanged || !this.box.value);
      if (typeof result === "string") this.dataset.state = isOver ? "" : result;
      else this.other.open(result, this);
    }

    sent() {
      clearTimeout(this.timer);
      this.since = null;
      this.store.adopt("", 0);
      this.dataset.state = "";
      this.other.close();
    }

    meet() {
      if (this.isChanged) this.save();
      else if (!this.isFresh) this.look();
      this.isFresh = false;
    }

    // Another page may have gone on with it, or sent it. What is typed here and not kept yet is never replaced.
    async look() {
      const { isSending, held } = this.closest("chat-composer");
      if (this.isChanged || this.other.isOpen || isSending || !held.isEmpty) return;
      const { version } = this.store;
      const found = await this.store.load();
      // What was kept here since it was asked for is newer than the answer.
      if (!found || this.isChanged || this.store.version !== version || found.version === version) return;
      this.put(found);
    }

    put({ text, version }) {
      this.store.adopt(text, version);
      writeInto(this.box, text);
      this.dataset.state = text ? "kept" : "";
    }
  },
);
