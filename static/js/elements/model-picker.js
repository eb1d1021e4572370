// Chooses the model of the next message. The page offers what it can do; choosing with the pointer or Enter shuts the menu.
customElements.define(
  "model-picker",
  class extends HTMLElement {
    connectedCallback() {
      this.menu = this.firstElementChild;
      this.search = this.querySelector(".models__search");
      if (this.search) this.search.hidden = false;
      this.addEventListener("change", () => this.follow());
      this.addEventListener("input", () => this.find());
      this.addEventListener("pointerup", ({ target }) => target.closest("label:not(.models__search)") && this.leaveSoon());
      this.addEventListener("keydown", (event) => this.key(event));
      this.menu.addEventListener("toggle", () => this.menu.open && this.show());
      // What another page of this conversation has set comes drawn for its model, not for the one that is chosen here.
      document.addEventListener("chat:drawn", ({ target }) => target.id === "composer-tuning" && this.follow());
      this.follow();
    }

    get chosen() {
      return this.querySelector(":checked");
    }

    get value() {
      return this.chosen?.value ?? "";
    }

    set value(name) {
      const radio = [...this.querySelectorAll("[type=radio]")].find((each) => each.value === name);
      if (radio) radio.checked = true;
    }

    follow() {
      this.querySelector(".models__chosen").textContent = this.value;
      const can = this.chosen?.dataset.can?.split(" ") ?? [];
      for (const each of document.querySelectorAll("[data-needs]")) each.hidden = !can.includes(each.dataset.needs);
      const links = document.querySelectorAll('a[data-dialog][href*="?model="]');
      for (const link of links) link.search = new URLSearchParams({ model: this.value });
    }

    find() {
      if (!this.search) return;
      const wanted = this.search.querySelector("input").value.trim().toLowerCase();
      for (const each of this.querySelectorAll(".models__item")) {
        each.hidden = !each.textContent.toLowerCase().includes(wanted);
      }
      for (const each of this.querySelectorAll("fieldset")) each.hidden = !each.querySelector("label:not([hidden])");
      this.querySelector(".models__none").hidden = Boolean(this.querySelector("fieldset:not([hidden])"));
    }

    show() {
      this.chosen?.closest("label").scrollIntoView({ block: "nearest" });
      if (!isTouched()) (this.search?.querySelector("input") ?? this.chosen)?.focus({ preventScroll: true });
    }

    // Enter takes the model that has the focus, in the search what was found first; it may not send the message, which
    // the fields belong to.
    key(event) {
      const first = this.querySelector("fieldset:not([hidden]) label:not([hidden]) input");
      const isSearch = event.target.type === "search";
      if (event.key === "ArrowDown" && isSearch) return event.preventDefault(), first?.focus();
      if (event.key !== "Enter" || event.target.matches("summary") || event.isComposing) return;
      event.preventDefault();
      (isSearch ? first : event.target.closest("[type=radio]"))?.click();
      this.leave();
    }

    // After the click has chosen.
    leaveSoon() {
      setTimeout(() => this.leave());
    }

    leave() {
      this.menu.open = false;
      this.querySelector("summary").focus();
    }
  },
);
