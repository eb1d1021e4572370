// Brings a message to the server: "taken", "refused" with words beside the box, or "unheard" when nobody answers.
const deliver = async (form, order) => {
  order.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await post(form.action, order).catch(() => null);
  // What stands between may answer in the place of a server that is away; a server whose database is away says when.
  const isAway = ({ status, headers }) => [502, 504].includes(status) || (status === 503 && headers.has("Retry-After"));
  if (!answer || isAway(answer)) return "unheard";
  tellBeside(await answer.text());
  if ([401, 403].includes(answer.status)) signIn(() => form.requestSubmit());
  if ([413, 422].includes(answer.status)) form.elements.text.setAttribute("aria-invalid", "true");
  if (!answer.ok) return "refused";
  form.elements.text.removeAttribute("aria-invalid");
  form.elements.text.placeholder = form.elements.text.dataset.askOn;
  becomeConversation(answer.headers.get("HX-Push-Url"));
  return "taken";
};

const tellBeside = (html) => {
  const answer = document.createElement("template");
  answer.innerHTML = html;
  document.getElementById("composer-error").replaceChildren(...answer.content.querySelectorAll(".failure, .told"));
};

// The empty page is its conversation from now on. Where no socket draws, the whole page comes from the server.
const becomeConversation = (address) => {
  if (!isConnected()) location.assign(address);
  else if (location.pathname !== address) history.replaceState(history.state, "", address);
};
