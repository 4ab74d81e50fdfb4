// The search behind Material's window, in a worker: finds pages by their names, headings and words.
//
// Speaks Material's four messages: set up, ready, query, result. guide/search.py writes what it reads and
// cuts words in the same way. Nothing is fetched before the first query.
import MiniSearch from "minisearch";

/** @typedef {[id: string, heading: string, beginning: string]} Section */
/**
 * @typedef {{location: string, title: string, names: string[], about: string, often: string, words: string,
 *   sections: Section[]}} Page
 */
/** @typedef {{location: string, title: string, text: string, score: number, terms: Record<string, boolean>}} Item */

const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;
const MOST = 30; // pages; nobody scrolls further
const INDEX = "../../../search/answers.json"; // seen from assets/vendor/search/

/** @type {Record<string, string>} */
const NAMED = {
  α: " alpha ", β: " beta ", γ: " gamma ", δ: " delta ", ε: " epsilon ", θ: " theta ", λ: " lambda ", μ: " mu ",
  π: " pi ", ρ: " rho ", σ: " sigma ", τ: " tau ", φ: " phi ", "∇": " gradient ", "×": "x",
};
// What people type around what they look for.
const FILLERS = new Set(("a an and any are as at be between by can do does did explain define describe for from give "
  + "has have how i in into is it its me mean my of on or s should so than that the their them there this to use "
  + "used using vs versus was we what when where which who why will with would you your").split(" "));

/** The words of a text as guide/search.py sees those of a page. @param {string} text @returns {string[]} */
function split(text) {
  const plain = text.toLowerCase().replaceAll("c++", "cplusplus")
    .replace(/[αβγδεθλμπρστφ∇×]/g, (sign) => NAMED[sign] ?? sign).normalize("NFKD").replace(/\p{M}/gu, "");
  return plain.split(/[^a-z0-9]+/).filter((word) => word.length > 1 || /\d/.test(word)).map(singular);
}

/** @param {string} word */
function singular(word) {
  return word.replace(/(?<=\w{3})(?<![siu])s$/, "");
}

/**
 * Names are also typed as one word: batchnorm, rcnn, softmax for soft max. So each pair of neighbors
 * counts as a word, letters that stand alone included.
 * @param {string} text
 */
function withPairs(text) {
  const parts = text.toLowerCase().split(/[^\p{L}\p{N}+]+/u).filter(Boolean);
  const pairs = parts.slice(1).map((part, n) => parts[n] + part);
  if (parts.length > 2) pairs.push(parts.join("")); // kmeans plus plus, rcnn of three letters
  return [...split(text), ...pairs.flatMap(split)];
}

/** @param {string} text */
function asked(text) {
  const found = split(text);
  const rest = found.filter((word) => !FILLERS.has(word));
  return rest.length ? [...new Set(withPairs(text).filter((word) => !FILLERS.has(word)))] : found;
}

/** @type {Promise<{pages: Page[], index: MiniSearch, known: Set<string>}> | undefined} */
let ready;

/** @param {Page[]} pages */
function build(pages) {
  const known = new Set();
  const index = new MiniSearch({
    fields: ["names", "title", "headings", "about", "often", "words"],
    idField: "location",
    extractField: (page, field) => {
      if (field === "headings") return page.sections.map((/** @type {Section} */ section) => section[1]).join(" . ");
      return field === "names" ? page.names.join(" . ") : page[field];
    },
    tokenize: (text, field) => field === "names" || field === "title" ? text.split(" . ").flatMap(withPairs) : split(text),
    processTerm: (word) => { // when a page is read; a query has its own words
      known.add(word);
      return word;
    },
  });
  index.addAll(pages);
  return { pages, index, known };
}

async function load() {
  // An offline copy starts this worker from memory and says where its file would stand.
  const here = /** @type {any} */ (globalThis).GUIDE_URL ?? location.href;
  const answer = await fetch(new URL(INDEX, here));
  if (!answer.ok) throw new Error(`the index of the search did not come: ${answer.status}`);
  return build(await answer.json());
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Mark what was found. @param {string} text @param {Set<string>} found */
function mark(text, found) {
  return text.split(/([\p{L}\p{N}]+)/u)
    .map((part, n) => n % 2 && split(part).some((word) => found.has(word)) ? `<mark data-md-highlight>${escape(part)}</mark>` : escape(part))
    .join("");
}

/** @param {string} query */
async function search(query) {
  const wanted = asked(query);
  if (!wanted.length) return { items: [] };
  ready ??= load();
  const { pages, index, known } = await ready.catch((error) => {
    ready = undefined; // the next query tries again
    throw error;
  });
  const byLocation = new Map(pages.map((page) => [page.location, page]));
  const found = index.search(query, {
    tokenize: asked,
    boost: { names: 6, title: 3, headings: 2, about: 1.5, often: 1, words: 0.4 },
    prefix: (word) => word.length > 2,
    processTerm: (word) => word,
    fuzzy: (word) => word.length > 3 && !known.has(word) ? 0.2 : false, // what a page says is no misspelling
    weights: { prefix: 0.5, fuzzy: 0.35 },
    boostDocument: (location) => String(location).startsWith("reference/") ? 0.3 : 1,
  });
  const whole = split(query).join(" ");
  const asks = split(query).filter((word) => !FILLERS.has(word));
  const best = found.map((result) => {
    const page = /** @type {Page} */ (byLocation.get(String(result.id)));
    // Whoever types a page's name and nothing else wants that page, however often others say the word.
    const named = page.names.findIndex((name) => split(name).join(" ") === whole);
    const share = asks.filter((word) => result.queryTerms.includes(word)).length / (asks.length || 1);
    return { ...result, page, score: result.score * (0.5 + share / 2) * (named === 0 ? 4 : named > 0 ? 2 : 1) };
  }).sort((a, b) => b.score - a.score);
  const items = best.slice(0, MOST).map(({ page, ...result }) => {
    const matched = new Set(result.terms);
    // As they were typed: Material marks them on the page that is opened, and strikes out what is missing.
    /** @type {Record<string, boolean>} */
    const terms = {};
    for (const word of query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
      const meant = split(word).filter((part) => !FILLERS.has(part));
      if (meant.length) terms[word] = meant.some((part) => result.queryTerms.includes(part));
    }
    const sections = page.sections
      .map((section) => ({ section, hits: split(section[1]).filter((word) => matched.has(word)).length }))
      .filter(({ hits }) => hits).sort((a, b) => b.hits - a.hits).slice(0, 3);
    return [
      item(page.location, page.title, page.about, result.score, matched, terms),
      ...sections.map(({ section: [id, heading, beginning], hits }) =>
        // Material shows what scores like the page and folds the rest away.
        item(`${page.location}#${id}`, heading, beginning, result.score * (hits > wanted.length / 3 ? 1 : 0.1), matched, terms)),
    ];
  });
  const suggest = index.autoSuggest(query, { tokenize: asked, processTerm: (word) => word, fields: ["names", "title"], prefix: true, fuzzy: false });
  return { items, suggest: suggest.slice(0, 1).flatMap(({ terms }) => terms) };
}

/**
 * @param {string} location @param {string} title @param {string} text @param {number} score
 * @param {Set<string>} found @param {Record<string, boolean>} terms @returns {Item}
 */
function item(location, title, text, score, found, terms) {
  return { location, title: mark(title, found), text: mark(text, found), score, terms };
}

/** @param {{type: number, data: any}} message */
async function answer({ type, data }) {
  if (type === SETUP) return { type: READY };
  try {
    return { type: RESULT, data: await search(data) };
  } catch (error) {
    console.warn(error);
    return { type: RESULT, data: { items: [] } };
  }
}

addEventListener("message", async ({ data }) => {
  if (data.type === SETUP || data.type === QUERY) postMessage(await answer(data));
});
