// The box one writes in. What was typed stays until the server has taken it, or waits here until it can be reached.
customElements.define(
  "chat-composer",
  class extends HTMLElement {
    connectedCallback() {
      this.box = this.querySelector("textarea");
      this.form = this.box.form;
      this.held = this.querySelector("held-message");
      this.pictures = this.querySelector("picture-tray");
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.box.addEventListener("input", () => this.fit());
      this.form.addEventListener("submit", (event) => this.submit(event));
      this.addEventListener("focusin", ({ target }) => (this.focused = target));
      this.addEventListener("chat:drawn", () => this.focused?.isConnected === false && this.settleFocus());
      this.fit();
      if (!document.querySelector(".message") && !isTouched()) this.box.focus({ preventScroll: true });
    }

    key(event) {
      if (event.key === "ArrowUp" && !this.box.value && !event.shiftKey) this.editLast(event);
      if (!sendsText(event)) return;
      event.preventDefault();
      this.form.requestSubmit();
    }

    // What was written last: the message that is next, else the last question.
    editLast(event) {
      const questions = document.querySelectorAll('#messages .message--question a[href$="/edit/"]');
      const last = this.querySelector("[data-take-back]") ?? [...questions].at(-1);
      if (last) event.preventDefault();
      last?.click();
    }

    // One after the other, however fast they come.
    async submit(event) {
      if (event.submitter?.hasAttribute("formaction")) return;
      event.preventDefault();
      this.isWanted = true;
      if (this.isSending) return;
      this.isSending = true;
      await this.pictures.coming;
      while (this.isWanted && (this.box.value.trim() || !this.pictures.isEmpty)) {
        this.isWanted = false;
        await this.send(new FormData(this.form), this.box.value);
      }
      this.isSending = false;
    }

    // Behind what could not be sent before.
    async send(order, text) {
      await this.held.retry();
      const result = this.held.isEmpty ? await deliver(this.form, order) : "unheard";
      if (result === "refused") return;
      if (result === "unheard") this.held.hold(order);
      this.form.elements.client_key.value = newKey();
      this.dispatchEvent(new CustomEvent("chat:sent", { bubbles: true }));
      if (this.box.value.startsWith(text)) writeInto(this.box, this.box.value.slice(text.length));
      this.settleFocus();
    }

    // Also when the button that was pressed has made way for another. A keyboard on glass would stand before the reply.
    settleFocus() {
      const isHere = this.contains(document.activeElement) || document.activeElement === document.body;
      if (isTouched()) this.box.blur();
      else if (isHere) this.box.focus({ preventScroll: true });
    }

    // Browsers without field-sizing: as high as the text, up to what the style sheet allows.
    fit() {
      if (CSS.supports("field-sizing", "content")) return;
      this.box.style.blockSize = "auto";
      this.box.style.blockSize = `${this.box.scrollHeight}px`;
    }
  },
);
