// Sets the palette before anything is painted. It stands in the head and stops the parser, so that it is
// there before the body is. Material's own script comes after the header, and on a first visit
// after the whole page: a reader in the dark would see a white page first.
// The class by which Material says that scripts run comes here for the same reason: set when the page stands, it
// styles every element of it once more.
document.documentElement.classList.replace("no-js", "js");
{
  const material = /** @type {any} */ (globalThis);
  // Where storage is forbidden or damaged, Material's functions throw and its search and menus never start.
  for (const name of ["__md_get", "__md_set"]) {
    const original = material[name];
    material[name] = (/** @type {any[]} */ ...values) => {
      try {
        return original(...values);
      } catch {
        return null;
      }
    };
  }
  const color = material.__md_get("__palette")?.color;
  const followsSystem = !color || color.media === "(prefers-color-scheme)";
  const dark = followsSystem ? matchMedia("(prefers-color-scheme: dark)").matches : color.scheme === "slate";
  // A mutation is told of before the browser paints next.
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    document.body.dataset.mdColorScheme = dark ? "slate" : "default";
  }).observe(document.documentElement, { childList: true });
}
