// Renames an entry where it stands. The form has a row of its own behind the entry: whatever is drawn meanwhile leaves
// it, and a word that an input method is about to finish, alone.
customElements.define(
  "rename-entry",
  class extends HTMLElement {
    connectedCallback() {
      this.form = this.querySelector("form");
      this.box = this.form.elements.title;
      this.addEventListener("keydown", (event) => this.key(event));
      this.addEventListener("focusout", (event) => this.leave(event.relatedTarget));
      this.querySelector(".sidebar__cancel").addEventListener("click", () => this.close());
      this.form.addEventListener("htmx:afterRequest", ({ detail }) => this.answered(detail));
    }

    begin(entry) {
      this.entry = entry.id;
      this.name = this.box.value = entry.querySelector(".sidebar__name").textContent;
      aimAt(this.form, entry, "rename/");
      aimAt(document.getElementById("delete-entry"), entry, "delete/");
      this.box.focus();
      this.box.select();
    }

    key(event) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    }

    leave(to) {
      if (to && !this.contains(to) && this.box.value === this.name) this.close(false);
    }

    answered({ successful, xhr }) {
      if (successful || xhr.status === 404) this.close(this.contains(document.activeElement));
    }

    close(comesBack = true) {
      const entry = document.getElementById(this.entry);
      this.parentElement.remove();
      if (comesBack) entry?.querySelector(".sidebar__item").focus();
    }
  },
);

// Without a socket the form is submitted plainly, and leads back to this page.
const aimAt = (form, entry, command) => {
  form.action = entry.querySelector(".sidebar__item").pathname + command;
  form.elements.next.value = location.pathname + location.search;
  form.setAttribute("hx-post", form.action);
  htmx.process(form);
};

const renameEntry = (entry) => {
  for (const open of document.querySelectorAll("rename-entry")) open.close(false);
  entry.after(document.getElementById("rename-entry").content.cloneNode(true));
  entry.nextElementSibling.querySelector("rename-entry").begin(entry);
};
