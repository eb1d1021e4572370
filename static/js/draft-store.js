// A draft as the server keeps it: which text, under which version. What a form saves it saves in order, and a form whose
// message has gone saves nothing more.
class DraftStore {
  // Browsers carry no more than 64 KB for a page that is left.
  static MOST_ON_LEAVING = 60_000;

  // A page may come with more in its box than is kept: a quote, or what was refused.
  constructor(form, { address, differs }) {
    Object.assign(this, { form, address, seq: 0 });
    this.adopt(differs === undefined ? form.elements.text.defaultValue : null, Number(form.elements.draft.value));
  }

  adopt(text, version) {
    Object.assign(this, { text, version });
    this.form.elements.draft.value = version || "";
  }

  survivesLeaving(text) {
    return new Blob([text]).size <= DraftStore.MOST_ON_LEAVING;
  }

  // "kept", "unkept", or what was typed elsewhere meanwhile: { text, version }.
  async save(text) {
    const fields = this.form.elements;
    const writer = fields.client_key.value;
    // From now on there may be something to drop when the message is sent.
    fields.draft.value = this.version;
    const seq = ++this.seq;
    const keepalive = this.survivesLeaving(text);
    const answer = await post(this.address, this.body(text, writer), { keepalive }).catch(() => null);
    if (fields.client_key.value !== writer || seq < this.seq) return "kept";
    if (answer?.status === 403) signIn(() => this.onrenewed?.(), true);
    if (answer?.status === 409) return answer.json();
    if (!answer?.ok) return "unkept";
    this.adopt(text, (await answer.json()).version);
    return "kept";
  }

  body(text, writer) {
    const body = new FormData();
    const { csrfmiddlewaretoken } = this.form.elements;
    const values = { text, client_key: writer, draft: this.version, seq: this.seq };
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    body.set(csrfmiddlewaretoken.name, csrfmiddlewaretoken.value);
    return body;
  }

  // What the server has now, or nothing when nobody answers.
  async load() {
    const answer = await fetch(this.address, { headers: { "HX-Request": "true" } }).catch(() => null);
    return answer?.ok && !answer.redirected ? answer.json() : null;
  }
}
