// The list where it is a drawer: on phones, and on wide screens for those who put it out of the way. The link to it works
// alone; here the rest of the page is out of reach while it is open, Escape closes it, and the focus comes back.
customElements.define(
  "side-drawer",
  class extends HTMLElement {
    connectedCallback() {
      this.leaving = new AbortController();
      const on = (target, name, act) => target.addEventListener(name, act, { signal: this.leaving.signal });
      on(document, "click", (event) => this.clicked(event));
      on(document, "keydown", (event) => event.key === "Escape" && this.isOpen && this.close());
      on(this, "submit", (event) => event.target.matches(".sidebar__fold") && this.fold(event));
      on(matchMedia("(width >= 56rem)"), "change", () => this.isOpen && this.close());
      on(window, "hashchange", () => this.takeOver());
      this.takeOver();
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    get isOpen() {
      return this.hasAttribute("data-open");
    }

    // Opened by an address. A fragment without an element ends the target and scrolls nowhere.
    takeOver() {
      if (location.hash !== `#${this.id}`) return;
      location.replace("#-");
      history.replaceState(history.state, "", location.pathname + location.search);
      this.show(null);
    }

    clicked(event) {
      const link = event.target.closest(`a[href="#${this.id}"], .sidebar__close, .sidebar__veil`);
      if (!link) return;
      event.preventDefault();
      if (link.hash === `#${this.id}`) this.show(link);
      else this.close();
    }

    // Where the list is a column there is nothing to open.
    show(opener) {
      if (getComputedStyle(this).position !== "fixed" || this.isOpen) return;
      this.opener = opener === document.body ? null : opener;
      this.guard(true);
      const first = this.querySelector("[aria-current]") ?? this.querySelector(".sidebar__new");
      first.focus();
    }

    close() {
      this.guard(false);
      (this.opener ?? document.querySelector(".masthead__drawer"))?.focus();
    }

    guard(isOpen) {
      this.toggleAttribute("data-open", isOpen);
      for (const other of document.querySelectorAll(".page__main, .skip")) other.inert = isOpen;
    }

    fold(event) {
      event.preventDefault();
      const form = event.target;
      const isFolded = Boolean(event.submitter.value);
      fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body: new FormData(form, event.submitter) });
      document.body.classList.toggle("page--folded", isFolded);
      if (this.isOpen) this.close();
      const button = isFolded ? document.querySelector(".masthead__drawer") : this.querySelector(".sidebar__hide");
      button?.focus();
    }
  },
);
