// The socket of a conversation, or of the reviewer's desk: says what the page shows and draws what comes.
// data-state: nothing (connecting), online, offline, signed-out, gone.
customElements.define(
  "chat-live",
  class extends HTMLElement {
    static SIGNED_OUT = 4401;
    static STAY_AWAY = [4401, 4403, 4404];
    static CONFIRMED = '<i id="confirmed"'; // no text of a message can hold that: its angle brackets are escaped

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
      on(document, "chat:signed-in", () => this.isOpen || this.signedIn());
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

    signedIn() {
      this.refusals = 0;
      delete this.dataset.state;
      this.connection.open();
    }

    // What was away, or comes from the browser's memory, stays covered until the server has said what became of it.
    greet() {
      // Not at the second try of one that was shut out a moment ago: whoever has to sign in goes on with what they see.
      if (this.dataset.state === "offline" && !this.refusals) this.toggleAttribute("data-covered", true);
      const covered = this.hasAttribute("data-covered");
      const { revision, list, says } = document.getElementById("cursor").dataset;
      const day = document.getElementById("conversations")?.dataset.day;
      const shown = { revision: Number(revision), list: Number(list), day: Number(day) };
      this.connection.say({ ...(says ? JSON.parse(says) : shown), covered });
      this.dataset.state = "online";
      // Of what is away this server tells by itself; what another one told is over.
      document.getElementById("outage")?.replaceChildren();
      this.tell("chat:open");
    }

    draw(html) {
      this.refusals = 0;
      drawFrame(html);
      if (html.includes(this.constructor.CONFIRMED)) this.removeAttribute("data-covered");
      this.tell("chat:frame");
    }

    // True: do not come back. A password changed in another tab signs out the old session only: hence a second try.
    ended(code) {
      const { SIGNED_OUT, STAY_AWAY } = this.constructor;
      const isFinal = STAY_AWAY.includes(code) && (code !== SIGNED_OUT || ++this.refusals > 1);
      this.dataset.state = isFinal ? (code === SIGNED_OUT ? "signed-out" : "gone") : "offline";
      if (this.dataset.state === "gone") this.clear();
      this.tell("chat:close", code);
      return isFinal;
    }

    // A conversation that is gone is gone from the screen, the list and the window's title.
    clear() {
      this.querySelector(".opening-spread")?.remove();
      this.querySelector("spoken-words")?.replaceChildren();
      document.querySelector(".sidebar__item[aria-current]")?.closest(".sidebar__entry").remove();
      this.querySelector(".transcript")?.replaceChildren();
      document.getElementById("title")?.replaceChildren();
      windowTitle.write({ words: this.querySelector(".live__gone")?.ariaLabel ?? "" });
    }

    tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
  },
);
