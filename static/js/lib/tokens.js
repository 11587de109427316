/* A button with data-token="{{ fact.key }}" and data-into="FIELD_ID" writes the token at the cursor of that field.
   It stands in a details.ek-menu, which brings the keyboard with it. */
const places = new WeakMap();

document.addEventListener("focusout", (event) => {
  const field = event.target;
  if (field.matches?.("textarea, input[type=text]")) { places.set(field, [field.selectionStart, field.selectionEnd]); }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-token]");
  const field = button && document.getElementById(button.dataset.into);
  if (!field) { return; }
  const [start, end] = places.get(field) || [field.value.length, field.value.length];
  field.setRangeText(button.dataset.token, start, end, "end");
  const menu = button.closest("details");
  if (menu) { menu.open = false; }
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
