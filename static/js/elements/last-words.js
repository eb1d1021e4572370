// The last words of a reasoning that is being written.
customElements.define(
  "last-words",
  class extends HTMLElement {
    static LONGEST = 60;

    connectedCallback() {
      document.addEventListener("chat:frame", this);
    }

    disconnectedCallback() {
      document.removeEventListener("chat:frame", this);
    }

    // Only the last pieces are looked at: the text may be long.
    handleEvent() {
      const { LONGEST } = this.constructor;
      let words = "";
      let piece = document.getElementById(this.dataset.of)?.lastChild;
      for (; piece && words.length < LONGEST; piece = piece.previousSibling) words = piece.textContent + words;
      this.textContent = words.slice(-LONGEST);
    }
  },
);
