// What the keys and the pencil of an entry do: F2 and the pencil rename it, Delete deletes it, Ctrl or ⌘ with Z undoes.
{
  const entryOf = (element) => element?.closest(".sidebar__entry");

  const renameOpen = () => {
    const entry = entryOf(document.querySelector("#conversations [aria-current]"));
    if (entry?.checkVisibility({ visibilityProperty: true })) renameEntry(entry);
    else renameInHeading();
  };

  // On a phone the list is out of sight, and an old conversation may not be in it.
  const renameInHeading = () => {
    const box = document.getElementById("rename");
    if (!box) return;
    box.closest("details").open = true;
    box.focus();
    box.select();
  };

  const act = {
    F2: (entry) => (entry ? renameEntry(entry) : renameOpen()),
    Delete: (entry) => {
      const form = document.getElementById("delete-entry");
      aimAt(form, entry, "delete/");
      form.requestSubmit();
    },
    z: () => [...document.querySelectorAll("#toasts form")].at(-1)?.requestSubmit(),
  };

  document.addEventListener("keydown", (event) => {
    const entry = entryOf(event.target);
    const withControl = event.ctrlKey || event.metaKey;
    if (event.altKey || event.shiftKey) return;
    if (!act[event.key] || withControl !== (event.key === "z") || (!entry && event.key !== "F2")) return;
    event.preventDefault();
    act[event.key](entry);
  });

  document.addEventListener("click", (event) => {
    const pencil = event.target.closest(".sidebar__edit");
    if (!pencil || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    renameEntry(entryOf(pencil));
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.id === "delete-entry") document.querySelector("rename-entry")?.close();
  });
}
