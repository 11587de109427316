/* Good news leaves after a while, unless it is hovered or has the focus; what went wrong stays until closed. */
const STAY = 7000;

function watch(toast) {
  if (toast.dataset.watched) { return; }
  toast.dataset.watched = "yes";
  const leave = () => { toast.matches(":hover, :focus-within") ? setTimeout(leave, STAY) : toast.remove(); };
  if ("fleeting" in toast.dataset) { setTimeout(leave, STAY); }
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".ek-toast [data-close]")) { event.target.closest(".ek-toast").remove(); }
});

const region = document.getElementById("toasts");
if (region) {
  region.querySelectorAll(".ek-toast").forEach(watch);
  new MutationObserver(() => region.querySelectorAll(".ek-toast").forEach(watch)).observe(region, { childList: true });
}
