/* Tabs that are wider than the window: the current one is brought into view (nothing else moves). */
for (const tabs of document.querySelectorAll(".ek-tabs")) {
  const current = tabs.querySelector("[aria-current]");
  if (current) { tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2; }
}
