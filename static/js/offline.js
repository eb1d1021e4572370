// Gives the browser a page to show while the site cannot be reached. Only secure origins may.
{
  const worker = document.querySelector("meta[name=offline-worker]");
  if (worker) navigator.serviceWorker?.register(worker.content, { updateViaCache: "none" }).catch(() => {});
}
