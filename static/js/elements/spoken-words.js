// Words for people who listen: spoken when they come, and gone when they have been, or when their reply is withdrawn.
customElements.define(
  "spoken-words",
  class extends HTMLElement {
    static KEPT = 20_000;

    connectedCallback() {
      const forget = ({ addedNodes }) => setTimeout(() => addedNodes.forEach((node) => node.remove()), this.constructor.KEPT);
      this.watch = new MutationObserver((changes) => changes.forEach(forget));
      this.watch.observe(this, { childList: true });
      this.withdraw = ({ target }) => target.matches(".message--held, .message--removed") && this.replaceChildren();
      document.addEventListener("chat:drawn", this.withdraw);
    }

    disconnectedCallback() {
      this.watch.disconnect();
      document.removeEventListener("chat:drawn", this.withdraw);
    }

    say(words) {
      this.append(Object.assign(document.createElement("p"), { textContent: words }));
    }
  },
);
