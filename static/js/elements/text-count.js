// Says how long a text is once it comes near what can be sent. The server counts characters, not the units of a string.
customElements.define(
  "text-count",
  class extends HTMLElement {
    static NEAR = 0.9;

    connectedCallback() {
      this.most = Number(this.dataset.most);
      this.box = document.getElementById("prompt");
      this.box.addEventListener("input", () => this.count());
      this.count();
    }

    count() {
      const isNear = this.box.value.length >= this.constructor.NEAR * this.most;
      this.hidden = !isNear;
      if (!isNear) return this.toggleAttribute("data-over", false);
      const length = [...this.box.value].length;
      this.querySelector("[data-length]").textContent = length.toLocaleString("en");
      this.querySelector("[data-excess]").textContent = Math.max(0, length - this.most).toLocaleString("en");
      this.toggleAttribute("data-over", length > this.most);
    }
  },
);
