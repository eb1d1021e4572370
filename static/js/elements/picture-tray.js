// Pictures for the message: chosen, pasted or dropped, brought one after the other, in sight while they come.
customElements.define(
  "picture-tray",
  class extends HTMLElement {
    connectedCallback() {
      this.coming = Promise.resolve();
      this.list = this.querySelector("[data-coming]");
      const chooser = document.getElementById("picture");
      const composer = this.closest("chat-composer");
      chooser.addEventListener("change", () => {
        this.take(chooser.files);
        chooser.value = "";
      });
      composer.addEventListener("paste", (event) => this.paste(event));
      composer.addEventListener("chat:sent", () => this.querySelector("#tray").replaceChildren());
      this.addEventListener("click", ({ target }) => this.useModel(target.closest("[data-use-model]")));
      this.addEventListener("input", ({ target }) => (this.typed = target));
      this.addEventListener("submit", () => (this.typed = null));
      for (const drawn of ["chat:drawn", "htmx:afterSwap"]) this.addEventListener(drawn, () => this.typeOn());
      this.leaving = new AbortController();
      for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => this.drop(event), this.leaving);
    }

    disconnectedCallback() {
      this.leaving.abort();
    }

    // Another page has changed the box while words for a picture were typed here: they stay, where it still is.
    typeOn() {
      const again = this.typed && !this.typed.isConnected && document.getElementById(this.typed.id);
      if (!again) return;
      again.value = this.typed.value;
      again.closest("details").open = true;
      again.focus();
      this.typed = again;
    }

    get isEmpty() {
      return !this.querySelector("input[name=tray]");
    }

    useModel(button) {
      const picker = document.getElementById("model");
      if (!button || !picker) return;
      picker.value = button.dataset.useModel;
      picker.dispatchEvent(new Event("change"));
      if (!isTouched()) document.getElementById("prompt").focus();
    }

    // Text that brings a picture of itself along, as spreadsheets do, is meant as text.
    paste(event) {
      const { files, types } = event.clipboardData;
      if (!files.length || types.includes("text/plain")) return;
      event.preventDefault();
      this.take(files);
    }

    drop(event) {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      if (event.type === "drop") this.take(event.dataTransfer.files);
    }

    take(files) {
      for (const file of [...files]) {
        const item = this.show(file);
        this.coming = this.coming.then(() => this.bring(file, item));
      }
    }

    show(file) {
      const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
      item.querySelector("[data-name]").textContent = file.name;
      item.querySelector("button").addEventListener("click", () => {
        item.isDropped = true;
        item.request?.abort();
        item.remove();
      });
      this.list.append(item);
      return item;
    }

    async bring(file, item) {
      for (let tries = 0; tries < 5 && !item.isDropped; tries++) {
        const answer = await this.send(file, item);
        if (answer.status === 200) return this.put(answer.responseText, item);
        if (answer.status !== 503) return this.fail(item, answer);
        await new Promise((wait) => setTimeout(wait, 2000));
      }
      if (!item.isDropped) this.fail(item, {});
    }

    // fetch does not tell how much has gone.
    send(file, item) {
      return new Promise((done) => {
        const order = new FormData();
        order.set("picture", file);
        order.set("csrfmiddlewaretoken", document.getElementById("ask").elements.csrfmiddlewaretoken.value);
        const request = (item.request = new XMLHttpRequest());
        request.upload.addEventListener("progress", ({ loaded, total }) => {
          item.querySelector("[data-state]").textContent = `${Math.floor((100 * loaded) / total)} %`;
        });
        request.addEventListener("loadend", () => done(request));
        request.open("POST", this.dataset.address);
        request.setRequestHeader("HX-Request", "true");
        request.send(order);
      });
    }

    put(html, item) {
      item.remove();
      const holder = document.createElement("template");
      holder.innerHTML = html;
      this.querySelector("#tray").replaceWith(holder.content);
      htmx.process(this.querySelector("#tray"));
      this.typeOn();
    }

    fail(item, { status, responseText }) {
      if (item.isDropped) return;
      const holder = document.createElement("template");
      holder.innerHTML = responseText ?? "";
      const words = holder.content.querySelector(".failure")?.textContent.trim();
      item.classList.add("composer__file--failed");
      const state = item.querySelector("[data-state]");
      state.setAttribute("role", "alert");
      state.textContent = words || this.dataset.lost;
      if ([401, 403].includes(status)) signIn(() => {});
    }
  },
);
