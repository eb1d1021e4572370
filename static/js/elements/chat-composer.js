// The box one writes in. What was typed stays until the server has taken it.
customElements.define(
  "chat-composer",
  class extends HTMLElement {
    connectedCallback() {
      this.box = this.querySelector("textarea");
      this.form = this.box.form;
      this.box.addEventListener("keydown", (event) => this.key(event));
      this.box.addEventListener("input", () => this.fit());
      this.form.addEventListener("htmx:beforeRequest", () => this.asked());
      this.form.addEventListener("htmx:afterRequest", (event) => this.answered(event.detail));
      this.form.addEventListener("htmx:afterRequest", () => (this.isAsking = false));
      this.fit();
    }

    // Input methods confirm a word with Enter: Chrome says isComposing, Safari ends the composition first and says 229.
    key(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      if (!this.isAsking && this.box.value.trim()) this.form.requestSubmit();
    }

    asked() {
      this.isAsking = true;
      this.sent = this.box.value;
    }

    answered({ successful }) {
      if (!successful) {
        this.box.setAttribute("aria-invalid", "true");
        return;
      }
      this.box.removeAttribute("aria-invalid");
      if (this.box.value === this.sent) this.box.value = "";
      else if (this.box.value.startsWith(this.sent)) this.box.value = this.box.value.slice(this.sent.length);
      this.form.elements.client_key.value = this.newKey();
      this.fit();
      this.dispatchEvent(new CustomEvent("chat:sent", { bubbles: true }));
    }

    // crypto.randomUUID exists on secure origins only; getRandomValues everywhere.
    newKey() {
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    // Browsers without field-sizing get as many rows as there are lines, up to what the style sheet allows.
    fit() {
      if (CSS.supports("field-sizing", "content")) return;
      this.box.rows = Math.min(12, this.box.value.split("\n").length);
    }
  },
);
