// The only script that pages name. It loads a feature when a page has a place for it,
// so that a page without one costs nothing more than this file.

/** @type {[string, () => Promise<{mount: (root: ParentNode) => void}>][]} */
const FEATURES = [];

function mountAll() {
  for (const [selector, load] of FEATURES) {
    if (document.querySelector(selector)) {
      load().then((feature) => feature.mount(document)).catch((error) => console.error(error));
    }
  }
}

// Material replaces the article on instant navigation and announces each new one.
const pages = /** @type {any} */ (globalThis).document$;
if (pages) pages.subscribe(mountAll);
else mountAll();
