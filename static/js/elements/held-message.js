// A message that could not be brought to the server: kept in sight, and sent as soon as somebody answers.
customElements.define(
  "held-message",
  class extends HTMLElement {
    static PAUSE = 5_000;
    static SHOWN = 280;

    connectedCallback() {
      this.form = document.getElementById("ask");
      const on = (target, name, act) => target.addEventListener(name, act);
      on(document, "chat:open", () => this.retry());
      on(window, "online", () => this.retry());
      on(window, "beforeunload", (event) => this.isEmpty || event.preventDefault());
      on(this.querySelector("[data-edit]"), "click", () => this.putBack());
      on(this.querySelector("[data-remove]"), "click", () => this.drop());
    }

    get isEmpty() {
      return !this.order;
    }

    hold(order) {
      if (this.order) order.set("text", `${this.order.get("text")}\n\n${order.get("text")}`);
      this.order = order;
      this.querySelector("q").textContent = order.get("text").slice(0, this.constructor.SHOWN);
      this.hidden = false;
      this.retryLater();
    }

    // One try at a time; whoever asks meanwhile waits for that one.
    retry() {
      this.trying ??= this.tryNow().finally(() => (this.trying = null));
      return this.trying;
    }

    async tryNow() {
      if (this.isEmpty) return;
      const result = await deliver(this.form, this.order);
      if (result === "taken") this.drop();
      else if (result === "refused") this.putBack();
      else this.retryLater();
    }

    retryLater() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.retry(), this.constructor.PAUSE);
    }

    // Before what has been typed since.
    putBack() {
      const box = this.form.elements.text;
      const text = this.order.get("text");
      this.drop();
      writeInto(box, box.value ? `${text}\n\n${box.value}` : text);
      box.focus();
    }

    drop() {
      clearTimeout(this.timer);
      this.order = null;
      this.hidden = true;
    }
  },
);
