// Runs before anything is painted, while the application is on its way.
(() => {
  // A dark page never flashes white. The same rule as src/lib/theme.ts.
  const chosen = localStorage.getItem("trine.theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);

  // Every page of somebody who is signed in waits for this answer; src/lib/api/early.ts takes it.
  if (/^\/((p|o|settings|admin)(\/|$)|$)/.test(location.pathname)) {
    const address = `${location.origin}/api/v1/auth/me`;
    const answer = fetch(address).catch(() => undefined);
    window.trineEarly = { address, answer };
  }
})();
