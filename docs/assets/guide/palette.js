// Sets the palette before anything is painted. It stands in the head and stops the parser, so that it is
// there before the body is. Material's own script comes after the header, and on a first visit
// after the whole page: a reader in the dark would see a white page first.
{
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const scheme = chosen() ?? (dark ? "slate" : "default");
  // A mutation is told of before the browser paints next.
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    document.body.dataset.mdColorScheme = scheme;
  }).observe(document.documentElement, { childList: true });
}

/** What the reader chose on another page; nothing if the choice is to follow the system. */
function chosen() {
  try {
    const color = /** @type {any} */ (globalThis).__md_get("__palette")?.color;
    return color && color.media !== "(prefers-color-scheme)" ? String(color.scheme) : null;
  } catch {
    return null; // storage is forbidden, or holds something else
  }
}
