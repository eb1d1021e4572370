// The claim on a case: goes on while its reviewer does something, and says when it is about to end.
customElements.define(
  "desk-claim",
  class extends HTMLElement {
    static REST = 60_000; // between two signs of life

    connectedCallback() {
      this.leaving = new AbortController();
      const on = (name, act) => document.addEventListener(name, act, { signal: this.leaving.signal });
      for (const name of ["keydown", "pointerdown", "input", "wheel"]) on(name, () => this.touch());
      on("click", (event) => event.target.closest("[data-extend]") && this.extend(event));
      this.touched = Date.now();
      this.timer = setInterval(() => this.watch(), 1_000);
      this.was = this.left;
    }

    disconnectedCallback() {
      this.leaving.abort();
      clearInterval(this.timer);
    }

    get left() {
      return (new Date(this.dataset.until) - Date.now()) / 1_000;
    }

    // Said once each, when the moment is passed.
    watch() {
      const { was, left } = this;
      this.was = left;
      for (const [at, words] of [[300, "five"], [60, "one"], [0, "over"]]) {
        if (was > at && left <= at) document.getElementById("spoken").say(this.dataset[words]);
      }
    }

    // Without script, and when nobody answers, the button is the form's.
    async extend(event) {
      event.preventDefault();
      this.touched = 0;
      await this.touch();
    }

    async touch() {
      if (this.left <= 0 || Date.now() - this.touched < this.constructor.REST) return;
      this.touched = Date.now();
      const body = new FormData();
      body.set("csrfmiddlewaretoken", document.querySelector("#verdict [name=csrfmiddlewaretoken]").value);
      const answer = await post(this.dataset.touch, body).catch(() => null);
      if (!answer?.ok) return; // the socket tells when the claim is lost
      this.dataset.until = (await answer.json()).until;
      this.was = this.left;
      const time = this.querySelector("desk-time");
      time.dataset.until = this.dataset.until;
      time.show();
    }
  },
);
