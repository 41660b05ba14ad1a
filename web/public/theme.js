// Before the first paint, so that a dark page never flashes white. The same rule as src/lib/theme.ts.
(() => {
  const chosen = localStorage.getItem("trine.theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);
})();
