// Sets the palette before anything is painted, and switches it. It stands in the head and stops the parser, so that
// it is there before the body is. Material's own script comes after the whole page: a reader in the dark would see a
// white page first, and each element of the page would be styled four times more (guide/theme/partials/palette.html).
// Two classes that Material sets come here for the same reason: set when the page stands, each styles every
// element of it once more.
document.documentElement.classList.replace("no-js", "js");
document.documentElement.classList.add("js-focus-visible");
document.documentElement.dataset.jsFocusVisible = "";
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
  const SYSTEM = "(prefers-color-scheme)";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // As Material keeps it, so that a choice outlives a change of theme.
  let { media = SYSTEM, scheme = "default" } = material.__md_get("__palette")?.color ?? {};
  const color = () => (media === SYSTEM ? (dark.matches ? "slate" : "default") : scheme);

  // A mutation is told of before the browser paints next.
  new MutationObserver((_, observer) => {
    if (!document.body) return;
    observer.disconnect();
    document.body.dataset.mdColorScheme = color();
  }).observe(document.documentElement, { childList: true });

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector(".guide-palette");
    if (!form) return;
    const options = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input")]);
    const bar = document.createElement("meta"); // the color of a phone's address bar
    bar.name = "theme-color";
    document.head.append(bar);
    let current = Math.max(0, options.findIndex((option) => option.dataset.mdColorMedia === media));

    function show() {
      options.forEach((option, index) => {
        option.checked = index === current;
        /** @type {HTMLElement} */ (option.nextElementSibling).hidden = index !== current;
      });
      bar.content = getComputedStyle(/** @type {Element} */ (document.querySelector(".md-header"))).backgroundColor;
    }

    function change() {
      const { body } = document;
      body.dataset.mdColorSwitching = ""; // Material: no transitions
      body.dataset.mdColorScheme = color();
      show(); // asks for a computed color, so the styles are those of the new palette when it returns
      delete body.dataset.mdColorSwitching;
    }

    /** @param {number} index */
    function choose(index) {
      current = index;
      media = options[index].dataset.mdColorMedia ?? SYSTEM;
      scheme = options[index].dataset.mdColorScheme ?? "default";
      material.__md_set("__palette", { index, color: { media, scheme: color() } });
      change();
    }

    options.forEach((option, index) => option.addEventListener("change", () => choose(index)));
    form.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key !== "Enter") return;
      event.preventDefault();
      choose((current + 1) % options.length);
      options[current].focus();
    });
    dark.addEventListener("change", change);
    show();
  });
}
