// Commands that are typed: a slash at the beginning offers them, as many as make sense on the page now. Each says what of
// the page it presses, fills in or chooses; the box keeps the focus, and its option is the active one.
customElements.define(
  "slash-palette",
  class extends HTMLElement {
    // Chinese keyboards give a full-width slash, or 、 in its place.
    static COMMAND = /^[/／、](\S*)(?:\s+(.*))?$/;

    connectedCallback() {
      this.box = document.getElementById("prompt");
      this.box.addEventListener("input", () => this.offer());
      this.box.addEventListener("blur", () => this.close());
      // On the way down: before the box makes anything of the key.
      this.box.parentElement.addEventListener("keydown", (event) => this.key(event), true);
      this.addEventListener("pointerdown", (event) => event.preventDefault());
      this.addEventListener("click", (event) => this.run(event.target.closest("[role=option]")));
    }

    get options() {
      return [...this.querySelectorAll("[role=option]")];
    }

    offer() {
      const [, name, rest] = this.box.value.match(this.constructor.COMMAND) ?? [];
      for (const option of this.options) option.hidden = name === undefined || !this.fits(option, name, rest);
      const offered = this.options.filter((option) => !option.hidden);
      this.hidden = offered.length === 0;
      this.activate(offered[0]);
    }

    fits({ dataset }, name, rest) {
      const typed = name.toLowerCase();
      if (dataset.of) return dataset.of === typed && rest !== undefined && dataset.value.includes(rest);
      if (rest !== undefined) return dataset.name === typed && "fill" in dataset;
      const isMeant = dataset.name.startsWith(typed) || dataset.words.includes(typed);
      return isMeant && (isPossible(dataset) || dataset.name === typed);
    }

    activate(option) {
      for (const each of this.options) {
        each.setAttribute("aria-selected", String(each === option));
        each.setAttribute("aria-disabled", String(!isPossible(each.dataset)));
      }
      this.active = option;
      if (option) this.box.setAttribute("aria-activedescendant", option.id);
      else this.box.removeAttribute("aria-activedescendant");
      option?.scrollIntoView({ block: "nearest" });
    }

    key(event) {
      const act = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Escape: () => this.close() };
      act.Enter = act.Tab = () => this.run(this.active);
      if (this.hidden || !act[event.key] || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      act[event.key]();
    }

    move(step) {
      const offered = this.options.filter((option) => !option.hidden);
      this.activate(offered.at((offered.indexOf(this.active) + step) % offered.length));
    }

    run(option) {
      if (!option || !isPossible(option.dataset)) return;
      const [, , rest] = this.box.value.match(this.constructor.COMMAND) ?? [];
      if (option.dataset.choose) return writeInto(this.box, `/${option.dataset.name} `);
      writeInto(this.box, "");
      runCommand(option.dataset, rest);
    }

    close() {
      this.hidden = true;
      this.activate(null);
    }
  },
);
