// Packs the site's modules into two classic scripts, because a page that is opened from a folder may not
// load modules: `node bundle.mjs <site>/assets <target>` writes main.js and python-worker.js.

import { dirname, join, resolve } from "node:path";

import { build } from "esbuild";

const [assets, target] = process.argv.slice(2).map((path) => resolve(path));

/** Pyodide imports its engine by an address; here both are one script. */
const engineWithin = {
  name: "engine-within",
  setup(build) {
    build.onResolve({ filter: /\/pyodide\.mjs$/ }, ({ path, namespace, resolveDir }) => (
      namespace === "engine-within" ? undefined : { path: join(resolveDir, path), namespace: "engine-within" }));
    build.onLoad({ filter: /.*/, namespace: "engine-within" }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `import { loadPyodide as load } from "./pyodide.mjs";
        import createPyodideModule from "./pyodide.asm.mjs";
        export const loadPyodide = (options) => load({ ...options, createPyodideModule });`,
    }));
  },
};

/** @param {string} name @param {string} before */
const pack = (name, before) => build({
  entryPoints: [join(assets, "guide", name)],
  outfile: join(target, name),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "none", // the licenses stand beside what they are for, in assets/vendor/
  define: { "import.meta.url": "GUIDE_URL" },
  banner: { js: before },
  external: ["node:*", "module", "ws"], // what Pyodide asks for under Node
  plugins: [engineWithin],
  logLevel: "warning",
  logOverride: { "direct-eval": "silent", "commonjs-variable-in-esm": "silent" }, // Pyodide's engine has both
});

await Promise.all([
  pack("main.js", "var GUIDE_URL = document.currentScript.src;"),
  pack("python-worker.js", ""), // local.js says where it is
]);
