// Brings the message that is next back into the box. The server puts it before what is typed there, so that neither is
// lost; without a socket the form does the same and the page is loaded anew.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take-back]");
  if (!button || !isConnected()) return;
  event.preventDefault();
  const draft = document.querySelector("kept-draft");
  await draft.save();
  const answer = await post(button.formAction, new FormData(button.form)).catch(() => null);
  if (answer?.ok) draft.put(await answer.json());
  else if (answer) tellBeside(await answer.text());
  if ([401, 403].includes(answer?.status)) signIn(() => button.click());
  draft.box.focus();
});
