// A page of earlier messages: what one does there is to be seen on the latest.
customElements.define(
  "earlier-page",
  class extends HTMLElement {
    connectedCallback() {
      const go = () => location.assign(location.pathname);
      const isCommand = ({ detail }) => detail.successful && detail.requestConfig.verb === "post";
      document.addEventListener("chat:sent", go);
      document.addEventListener("htmx:afterRequest", (event) => isCommand(event) && go());
    }
  },
);
