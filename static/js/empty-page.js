// The empty page has another code each time it is loaded, unless a draft was kept under the one before. A reload may be
// answered before what was typed last has come to the server: then the page looks under its former code, and is loaded
// once more if something is there. The history keeps that address, and none of the text.
document.addEventListener("input", ({ target }) => {
  const { address } = document.querySelector("kept-draft")?.dataset ?? {};
  if (target.id !== "prompt" || history.state?.draft === address) return;
  history.replaceState({ ...history.state, draft: address }, "");
});

document.addEventListener("chat:open", async () => {
  const former = history.state?.draft;
  const { address } = document.querySelector("kept-draft")?.dataset ?? {};
  const isEmpty = !document.querySelector(".message") && !document.getElementById("prompt")?.value;
  if (!former || !address || former === address || !isEmpty) return;
  const answer = await fetch(former, { headers: { "HX-Request": "true" } }).catch(() => null);
  const found = answer?.ok && !answer.redirected ? await answer.json() : {};
  if (found.text && !document.getElementById("prompt").value) location.reload();
});
