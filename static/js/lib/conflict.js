/* After a save conflict: choosing a side writes it into the form's field at once, so that one sees what will be saved. */
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
