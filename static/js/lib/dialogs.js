/* A button with data-dialog="ID" opens that <dialog>; [data-close] inside closes it, and so does a click beside it. */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) { event.preventDefault(); dialog.showModal(); }
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target === dialog || event.target.closest("[data-close]"))) { dialog.close(); }
});

/* A dialog that htmx brings in (class ek-dialog, data-open) opens as it arrives. */
document.addEventListener("htmx:load", (event) => {
  const root = event.detail.elt;
  const dialog = root.matches?.("dialog[data-open]") ? root : root.querySelector?.("dialog[data-open]");
  if (dialog && !dialog.open) { dialog.showModal(); }
});
