/* details.ek-menu: closes on Escape and on a click elsewhere. The phone's menu sheet takes and gives back focus. */
const opened = () => document.querySelectorAll("details.ek-menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of opened()) { if (!menu.contains(event.target)) { menu.open = false; } }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") { return; }
  for (const menu of opened()) { menu.open = false; menu.querySelector("summary").focus(); }
  if (location.hash === "#menu") { location.hash = "main"; document.querySelector("[data-menu]")?.focus(); }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.ek-menu[open]");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) { return; }
  const items = [...menu.querySelectorAll(".ek-menu__list a, .ek-menu__list button, .ek-menu__list input")];
  const step = event.key === "ArrowDown" ? 1 : -1;
  const at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[(at + step + items.length) % items.length]?.focus();
});

window.addEventListener("hashchange", () => {
  if (location.hash === "#menu") { document.getElementById("menu")?.focus(); }
});
