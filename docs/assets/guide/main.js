// The only script that pages name. It loads a feature when a page has a place for it,
// so that a page without one costs nothing more than this file.

/** @type {[string, () => Promise<{mount: (root: ParentNode) => void}>][]} */
const FEATURES = [
  ["article", () => import("./keyboard.js")],
  [".highlight[data-run]", () => import("./run.js")],
  [".guide-task[data-exercise]", () => import("./exercise.js")],
  [".guide-meta, .guide-questions, .guide-progress", () => import("./progress.js")],
  ["#guide-review", () => import("./review.js")],
  ["#guide-interview", () => import("./interview.js")],
];

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
