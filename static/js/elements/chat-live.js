// The socket of a conversation: says what the page shows and draws what comes.
// data-state: nothing (connecting), online, offline, signed-out, gone.
customElements.define(
  "chat-live",
  class extends HTMLElement {
    static SIGNED_OUT = 4401;
    static STAY_AWAY = [4401, 4403, 4404];
    static COVERED_AT_MOST = 1_000;

    get isOpen() {
      return this.dataset.state === "online" && this.connection.isOpen;
    }

    connectedCallback() {
      const address = new URL(this.dataset.socket, location.href);
      address.protocol = address.protocol.replace("http", "ws");
      this.refusals = 0;
      this.connection = new Connection(address, {
        opened: () => this.greet(),
        received: (html) => this.draw(html),
        ended: (code) => this.ended(code),
      });
      this.leaving = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.leaving.signal });
      on(window, "pagehide", () => this.connection.close());
      on(window, "pageshow", (event) => event.persisted && this.comeBack());
      on(window, "online", () => this.isOpen || this.connection.open());
      on(document, "visibilitychange", () => document.hidden || this.isOpen || this.connection.open());
      this.connection.open();
    }

    disconnectedCallback() {
      this.leaving.abort();
      this.connection.close();
    }

    // A page from the browser's memory may show what has been withdrawn since.
    comeBack() {
      this.toggleAttribute("data-covered", true);
      this.connection.open();
    }

    greet() {
      const { revision, list } = document.getElementById("cursor").dataset;
      this.connection.say({ revision: Number(revision), list: Number(list) });
      this.dataset.state = "online";
      setTimeout(() => this.removeAttribute("data-covered"), this.constructor.COVERED_AT_MOST);
      this.tell("chat:open");
    }

    draw(html) {
      this.refusals = 0;
      drawFrame(html);
      this.removeAttribute("data-covered");
      this.tell("chat:frame");
    }

    // True: do not come back. A password changed in another tab signs out the old session only: hence a second try.
    ended(code) {
      const { SIGNED_OUT, STAY_AWAY } = this.constructor;
      const isFinal = STAY_AWAY.includes(code) && (code !== SIGNED_OUT || ++this.refusals > 1);
      this.dataset.state = isFinal ? (code === SIGNED_OUT ? "signed-out" : "gone") : "offline";
      this.tell("chat:close", code);
      return isFinal;
    }

    tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
  },
);
