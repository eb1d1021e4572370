// Notices that come while nobody looks at the page, told by the browser, for those who allowed it.
const told = {
  known: new Set(),
  isListening: false, // what the page came with is old news

  async tell({ id, textContent }) {
    const options = { body: textContent.trim(), tag: id };
    const registration = await navigator.serviceWorker?.getRegistration();
    if (registration) await registration.showNotification(document.title, options);
    else new Notification(document.title, options).onclick = () => window.focus();
  },
};

customElements.define(
  "browser-notice",
  class extends HTMLElement {
    connectedCallback() {
      const words = [...this.querySelectorAll(".notices__words[id]")];
      const fresh = words.filter(({ id }) => !told.known.has(id));
      for (const { id } of words) told.known.add(id);
      const isWanted = told.isListening && document.hidden && window.Notification?.permission === "granted";
      if (isWanted) for (const each of fresh) told.tell(each);
    }
  },
);
told.isListening = true;

// The question whether the browser may, at a press and only while it is open.
customElements.define(
  "ask-to-notify",
  class extends HTMLElement {
    connectedCallback() {
      this.hidden = window.Notification?.permission !== "default";
      this.querySelector("button").addEventListener("click", () => this.ask());
    }

    async ask() {
      await Notification.requestPermission();
      for (const each of document.querySelectorAll("ask-to-notify")) each.hidden = true;
    }
  },
);
