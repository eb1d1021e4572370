// What was quoted on this page, by message. A reply that is withdrawn takes its words out of the box too.
const quotes = new Map();
document.addEventListener("chat:drawn", ({ target }) => {
  if (!target.matches(".message--held, .message--removed") || !quotes.has(target.id)) return;
  const withdrawn = new Set(quotes.get(target.id));
  const box = document.getElementById("prompt");
  quotes.delete(target.id);
  writeInto(box, box.value.split("\n").filter((line) => !withdrawn.has(line)).join("\n"));
});

// Puts a reply, or what is selected of it, into the message box as a quote.
customElements.define(
  "quote-button",
  class extends HTMLElement {
    connectedCallback() {
      // Else the press would take the selection away.
      this.addEventListener("mousedown", (event) => event.preventDefault());
      this.addEventListener("click", (event) => {
        event.preventDefault();
        this.quote();
      });
    }

    async quote() {
      const text = this.selected() || (await this.whole());
      if (text) this.put(text.trim().replace(/^/gm, "> ").replace(/ +$/gm, ""));
    }

    get message() {
      return this.closest(".message");
    }

    // Within the reply, or what it continues.
    selected() {
      const selection = getSelection();
      let message = this.message;
      while (message && !message.contains(selection.anchorNode)) {
        message = message.matches(".message--continues") && message.previousElementSibling;
      }
      return message ? String(selection) : "";
    }

    async whole() {
      const answer = await fetch(this.firstElementChild.dataset.text).catch(() => null);
      return answer?.ok ? answer.text() : "";
    }

    put(quote) {
      const box = document.getElementById("prompt");
      const before = box.value.trimEnd();
      box.value = `${before}${before && "\n\n"}${quote}\n\n`;
      quotes.set(this.message.id, (quotes.get(this.message.id) ?? []).concat(quote.split("\n")));
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
    }
  },
);
