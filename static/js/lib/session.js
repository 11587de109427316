/* A part of the page answered 401: the session is over, the page and its entries still stand. Says so in a dialog
   (<template id="session-dialog"> in base.html); other failures of a part become a toast. */
function once(id) {
  const open = document.getElementById(`${id}-open`);
  if (open) { return open; }
  const template = document.getElementById(id);
  if (!template) { return null; }
  const copy = template.content.firstElementChild.cloneNode(true);
  copy.id = `${id}-open`;
  return copy;
}

function lost() {
  const dialog = once("session-dialog");
  if (!dialog) { return; }
  if (!dialog.isConnected) { document.body.append(dialog); }
  if (!dialog.open) { dialog.showModal(); }
}

function failed() {
  /* A page kept on this device says so itself. */
  if (document.documentElement.dataset.keptAt) { return; }
  const toast = once("failed-toast");
  if (toast && !toast.isConnected) { document.getElementById("toasts").append(toast); }
}

document.addEventListener("htmx:responseError", (event) => {
  event.detail.xhr.status === 401 ? lost() : failed();
});
document.addEventListener("htmx:sendError", failed);
