/* After a save conflict: where the other person's value is chosen, the own entry below fades, as it will not be saved. */
function mark(fieldset) {
  const field = document.getElementById(fieldset.dataset.clash);
  const chosen = fieldset.querySelector("input:checked");
  field?.classList.toggle("ek-taken", chosen?.value === "theirs");
}

document.addEventListener("change", (event) => {
  const fieldset = event.target.closest("[data-clash]");
  if (fieldset) { mark(fieldset); }
});
document.querySelectorAll("[data-clash]").forEach(mark);
