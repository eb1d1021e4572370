// Tells the server that news of the open conversation is in view: when it comes, or when the person comes back to it.
{
  let told = 0;

  const tell = async () => {
    const news = document.querySelector("#conversations [aria-current][data-unread]");
    const revision = Number(document.getElementById("cursor")?.dataset.revision);
    if (!news || document.hidden || !(revision > told)) return;
    const before = told;
    told = revision;
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams({ revision });
    const order = { method: "POST", headers, body, keepalive: true };
    const answer = await fetch(`${news.pathname}read/`, order).catch(() => null);
    if (!answer?.ok) told = before;
  };

  document.addEventListener("chat:drawn", (event) => event.target.closest("entry-list") && tell());
  document.addEventListener("chat:open", tell);
  document.addEventListener("visibilitychange", tell);
}
