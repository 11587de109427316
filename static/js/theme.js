/* Runs before anything is painted: "auto" follows the device, so that no page flashes in the wrong theme. */
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() {
    if (root.dataset.theme === "auto") { root.dataset.bsTheme = dark.matches ? "dark" : "light"; }
  }
  dark.addEventListener("change", follow);
  document.addEventListener("ek:theme", follow);
  follow();
})();
