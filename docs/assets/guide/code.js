// The modules behind a page's code, as the build wrote them.

/**
 * @typedef {{first: number, last: number, indent: number}} Section
 * @typedef {object} Module
 * @property {string} file
 * @property {string} module dotted name under which tests import it
 * @property {string} solution the whole module
 * @property {Record<string, Section>} sections
 * @property {string[]} [functions] what there is to write
 * @property {string} [starter]
 * @property {string} [tests]
 * @property {{test: string, sentence: string}[]} [promises]
 */

/** @type {Map<string, Promise<Module>>} */
const fetched = new Map();

/** @param {string} name "<topic>/<name>" @returns {Promise<Module>} */
export function loadModule(name) {
  let module = fetched.get(name);
  if (!module) {
    module = fetchModule(name);
    module.catch(() => fetched.delete(name)); // the next press tries again
    fetched.set(name, module);
  }
  return module;
}

/** @param {string} name @returns {Promise<Module>} */
async function fetchModule(name) {
  const response = await fetch(new URL(`../../exercises/${name}.json`, import.meta.url)).catch(() => null);
  if (!response?.ok) {
    throw new Error("The code did not arrive from the server. Check your connection, then press the button again.");
  }
  return response.json();
}

/**
 * The module with the reader's text in place of a section, and where that text stands in it.
 * @param {Module} module
 * @param {string} section
 * @param {string} [text] as the reader sees it, without the section's indent
 */
export function withSection(module, section, text) {
  const { first, last, indent } = module.sections[section];
  const lines = module.solution.split("\n");
  if (text === undefined) {
    return { code: module.solution, shown: { name: "this section", first, last, indent } };
  }
  const margin = " ".repeat(indent);
  const edited = text.replace(/\n+$/, "").split("\n").map((line) => (line ? margin + line : line));
  lines.splice(first - 1, last - first + 1, ...edited);
  return { code: lines.join("\n"), shown: { name: "this section", first, last: first + edited.length - 1, indent } };
}
