// Offers the browser's own time zone beside the list of all.
customElements.define(
  "own-zone",
  class extends HTMLElement {
    connectedCallback() {
      this.list = this.querySelector("select");
      this.button = this.querySelector("button");
      this.name = Intl.DateTimeFormat().resolvedOptions().timeZone;
      this.option = [...this.list.options].find((option) => option.value === this.name);
      if (!this.option) return;
      this.querySelector(".own-zone__name").textContent = this.name;
      this.button.addEventListener("click", () => this.take());
      this.list.addEventListener("change", () => this.offer());
      this.offer();
    }

    offer() {
      this.button.hidden = this.list.value === this.name;
    }

    take() {
      this.option.selected = true;
      this.list.dispatchEvent(new Event("change", { bubbles: true }));
      this.list.focus();
    }
  },
);
