// Copies the code block it stands in, or the text behind its link.
customElements.define(
  "copy-button",
  class extends HTMLElement {
    static SHOWN = 2_000;

    connectedCallback() {
      this.addEventListener("click", (event) => {
        event.preventDefault();
        this.copy();
      });
    }

    async text() {
      const link = this.querySelector("a[href]");
      if (!link) return this.closest(".code").querySelector("code").textContent;
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }

    async copy() {
      try {
        await this.write(this.text());
      } catch {
        return;
      }
      this.show("done", this.dataset.done);
      document.querySelector("spoken-words")?.say(this.dataset.done);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show("", this.word), this.constructor.SHOWN);
    }

    show(state, words) {
      const word = this.querySelector(".copy__word");
      this.word ??= word?.textContent;
      this.dataset.state = state;
      if (word) word.textContent = words;
    }

    // Safari lets a page write only what was promised during the click; plain HTTP has no clipboard at all.
    async write(promise) {
      if (!navigator.clipboard) return this.writeBySelection(await promise);
      if (!globalThis.ClipboardItem) return navigator.clipboard.writeText(await promise);
      const blob = promise.then((text) => new Blob([text], { type: "text/plain" }));
      return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }

    writeBySelection(text) {
      const box = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
      this.append(box);
      box.select();
      document.execCommand("copy");
      box.remove();
    }
  },
);
