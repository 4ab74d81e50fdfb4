// The search behind Material's window, in a worker: finds pages by their names, headings and words.
//
// Speaks Material's four messages: set up, ready, query, result. guide/search.py writes what it reads and
// cuts words in the same way. Nothing is fetched before the first query.
import MiniSearch from "minisearch";

/** @typedef {[id: string, heading: string, beginning: string]} Section */
/**
 * @typedef {{location: string, title: string, names: string[], about: string, papers: string[], often: string,
 *   words: string, sections: Section[]}} Page
 */
/** @typedef {{location: string, title: string, text: string, score: number, terms: Record<string, boolean>}} Item */

const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;
const MOST = 30; // pages; nobody scrolls further
// Weights, tried on benchmarks/queries.txt and as many queries again. What counts where it is found:
const BOOST = { short: 4, names: 5, title: 2.5, headings: 2, about: 2.5, papers: 1.5, often: 1.3, words: 0.4 };
const OF_A_FORM = { stem: 0.6, synonym: 0.6, swapped: 0.9, apart: 0.6, weak: 0.3 }; // beside 1 for the word as typed
const OF_A_GUESS = { prefix: 0.3, fuzzy: 0.35 };
const FUZZY = 0.2; // letters wrong for each letter
const REFERENCE = 0.3, TOPIC = 0.45; // what a page of the reference and the first one of a topic count beside an answer
// Times how much whoever types a page's title, or another of its names, wants that page; `in` a longer query, in the
// proportion of what it says.
const NAMED_BY = { title: 4, alias: 2, inTitle: 1, inAlias: 1, verbatim: 1.6, reordered: 0.8, guessed: 0.8 };
const INDEX = "../../../search/answers.json"; // seen from assets/vendor/search/

/** @type {Record<string, string>} */
const NAMED = {
  α: " alpha ", β: " beta ", γ: " gamma ", δ: " delta ", ε: " epsilon ", θ: " theta ", λ: " lambda ", μ: " mu ",
  π: " pi ", ρ: " rho ", σ: " sigma ", τ: " tau ", φ: " phi ", η: " eta ", ω: " omega ", "∇": " gradient ",
  "∂": " gradient ", "√": " sqrt ", "‖": " norm ", "∑": " sum ", "∩": " intersection ",
  "∪": " union ", "×": "x",
};
// What people type around what they look for.
const FILLERS = new Set(("a an and any are as at be between by can do does did explain define describe for from give "
  + "has have how i in into is it its me mean my of on or s should so than that the their them there this to use "
  + "used using vs versus was we what when where which who why will with would you your").split(" "));

// What says something beside other words, but little; alone it is all there is.
const WEAK = new Set(("after again all am another anything away bad badly because become before best better but call "
  + "called case choose chosen decide difference different doe doesn don each else even ever every exactly example "
  + "fit get go good got happen help if instead just keep know like look lot made make many matter method more most "
  + "much must need network neural new no not now number only other out over own pick please possible problem "
  + "really right same say see select still such technique tell thing think too two up use value very want way "
  + "well without work wrong yet").split(" "));
// What people type after a name, and what adds nothing to it.
const AFTER =
  /(?:\s+(?:paper|formula|equation|algorithm|meaning|definition|explained|tutorial|example|pytorch|python|code))+\s*$/i;
// What stands before the dot of a call and tells no page from another.
const LIBRARIES = new Set(("torch nn np numpy tf kera sklearn scipy jax torchvision optim functional util cuda linalg "
  + "op").split(" "));

// What else a word of a query is called, for all pages alike: short forms and what they stand for, and the words of
// those who do not yet know the one of the field. The names of a single page are its `aliases`.
/** @type {Map<string, string[]>} */
const SYNONYMS = new Map(`
  a2c|a3c|ddpg|sac|trpo: actor critic policy gradient reinforcement
  ae: autoencoder
  ann|dnn|nn|nnet: neural network
  asr|speech: audio
  auroc: roc auc
  autodiff|autodifferentiation: automatic differentiation autograd
  autopilot|selfdriving: driving end to end
  backprop|bp: backpropagation
  bayes: bayesian
  bc: behavioral cloning
  bce: binary crossentropy
  bn: batchnorm batch normalization
  category: class
  ce|xent: crossentropy
  chatbot|chatgpt: llm language model
  child|dummies|grandma|grandmother|kid|layman|laymen|simply: eli5 eighth grader
  cnn|convnet|dcnn: convolutional network
  compare|comparison|difference|differ|versus: vs
  costfunction|objective: loss
  course|lecture: video
  coworker|manager|teammate: leadership
  dcgan|wgan|cgan: gan
  db: database
  debug|troubleshoot: debugging
  dl: deep learning
  drl: deep reinforcement
  duplicate: nms suppression
  ema: moving average
  ensemble: bagging
  expert: demonstration
  explainability|explainable|interpretability|interpretable|xai: saliency visualize
  fc: fullyconnected dense
  ffn: feed forward
  fpn: feature pyramid
  fpr|tpr: roc recall
  gbdt|xgboost: boosting
  gd: gradient descent
  gp: gaussian process
  heatmap: saliency cam
  hpo: hyperparameter
  hype: overrated
  il: imitation
  imbalance|imbalanced|skewed: unbalanced
  labeling|labelling: annotation annotate
  library|framework: stack
  lidar|pointcloud: 3d
  ln: layernorm
  lr: learning rate learningrate
  mae: absolute error l1
  maths|math: derive
  mha: multihead attention
  jetson|microcontroller|raspberry|smartphone: embedded hardware
  ml: machine learning
  mse: squared error l2
  multimodal: vision language
  ndcg|mrr: ranking
  net: network
  nlp: language text
  nonlinearity: nonlinear activation
  ood: distribution shift
  oom: memory
  overlap: iou intersection
  photo|picture: image
  pixelwise|perpixel: semantic segmentation
  plateau|stuck: constant
  polygon: mask
  pretrain|pretrained|pretraining: transfer
  proof|prove: derive
  rf: random forest
  rl: reinforcement
  rnn: recurrent
  sft: supervised fine tuning
  sgd: stochastic gradient descent
  sim|simreal|sim2real|simtoreal|simulator: simulation randomization generalization
  sqrt: root
  td: temporal difference
  textbook: book
  tl: transfer learning
  vit: vision transformer
  website|site: guide
  wordorder: positional
`.trim().split("\n").flatMap((line) => {
  const [called, meant] = line.split(":");
  const words = split(meant).filter((word) => !FILLERS.has(word));
  return called.split("|").map((word) => /** @type {[string, string[]]} */ ([joined(word), words]));
}));

/** In plain letters and digits, signs by their names. @param {string} text */
function plain(text) {
  return text.toLowerCase().replaceAll("c++", "cplusplus").replace(/[^\0-\x7f]/g, (sign) => NAMED[sign] ?? sign)
    .normalize("NFKD").replace(/\p{M}/gu, "");
}

/** The words of a text as guide/search.py sees those of a page. @param {string} text @returns {string[]} */
function split(text) {
  return plain(text).split(/[^a-z0-9]+/).filter((word) => word.length > 1 || /\d/.test(word)).map(singular);
}

/** @param {string} word */
function singular(word) {
  if (/(?:ss|sh|tch|nch|rch|x|ias)es$/.test(word)) return word.slice(0, -2);
  return word.replace(/(?<=\w{2})ies$/, "y").replace(/(?<=\w{3})(?<![siu]|ia)s$/, "");
}

/**
 * What the forms of a word share, British or American: normalization, normalise and normalizing are normaliz,
 * pooled is pool, neighbour is neighbor. Words that end otherwise are their own stem.
 * @param {string} word
 */
function stem(word) {
  if (word.length < 5) return word;
  const american = word.replace(/(?<=\w{3})our(?=$|al|ed|ing|hood|able)/, "or").replace(/ll(?=ed$|ing$|er$)/, "l");
  const form = american.replace(/(?<=\w{2}[iy])[sz](?:e|er|ed|ing|a|at|ati|atio|ation)$/, "z");
  if (form !== american) return form;
  const bare = american.replace(/(?<=\w{3})(?:ing|ed|er)$/, "");
  return (bare === american ? bare : bare.replace(/([bdgmnprt])\1$/, "$1")).replace(/(?<=\w{3})e$/, "");
}

/** The parts of a text as they are typed, single letters too, and LayerNorm as two. @param {string} text */
function parts(text) {
  const apart = text.replace(/(?<=[a-z]{2})(?=[A-Z][A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[A-Z][a-z]{2})/g, " ");
  return plain(apart).split(/[^a-z0-9]+/).filter(Boolean);
}

/** All of a text as one word: kmeansplusplus, pyx for p(y|x). @param {string} text */
function joined(text) {
  return split(parts(text).join("")).join("");
}

/**
 * Names are also typed as one word: batchnorm, rcnn, softmax for soft max. So each pair of neighbors
 * counts as a word, letters that stand alone included.
 * @param {string} text
 */
function withPairs(text) {
  const all = parts(text);
  const pairs = all.slice(1).map((part, n) => all[n] + part);
  if (all.length > 2) pairs.push(all.join("")); // kmeans plus plus, rcnn of three letters
  return [...split(all.join(" ")), ...pairs.flatMap(split)];
}

/** A word and its stem. @param {string} word */
function forms(word) {
  const bare = stem(word);
  return bare === word ? [word] : [word, bare];
}

/** The words of a text that say what is looked for. @param {string} text */
function content(text) {
  const found = split(parts(text).join(" "));
  const rest = found.filter((word) => !FILLERS.has(word));
  const call = /\w\.\w/.test(text);
  const telling = rest.filter((word) => !WEAK.has(word) && !(call && LIBRARIES.has(word)));
  return telling.length ? telling : rest.length ? rest : found;
}

/**
 * @typedef {{weight: number, of: number[], begun: boolean, loose: boolean}} Term how much it counts, for which words of
 *   the query it stands, whether it may be the beginning of a longer word, and whether it may be misspelled
 * @typedef {Map<string, Term>} Terms what the index is asked
 */

/**
 * @param {string} query
 * @param {{has: (word: string) => boolean}} known all words of pages
 * @param {Set<string>} called their names, each as one word
 * @returns {{words: string[], terms: Terms}}
 */
function asked(query, known, called) {
  const words = [...new Set(content(query))];
  /** @type {Terms} */
  const terms = new Map();
  /**
   * @param {string} term @param {number} weight @param {number[]} of
   * @param {boolean} [begun] @param {boolean} [loose]
   */
  const add = (term, weight, of, begun = false, loose = false) => {
    const before = terms.get(term);
    terms.set(term, {
      weight: Math.max(weight, before?.weight ?? 0), of: [...(before?.of ?? []), ...of],
      begun: begun || before?.begun === true, loose: loose || before?.loose === true,
    });
  };
  words.forEach((word, n) => {
    add(word, 1, [n], true, !known.has(word)); // what a page says is no misspelling
    if (stem(word) !== word) add(stem(word), OF_A_FORM.stem, [n]);
    for (const other of SYNONYMS.get(word) ?? []) add(other, OF_A_FORM.synonym, [n]);
    if (known.has(word)) return;
    for (const other of swapped(word)) if (known.has(other)) add(other, OF_A_FORM.swapped, [n]);
    for (const other of apart(word, known)) add(other, OF_A_FORM.apart, [n]);
  });
  const all = parts(query);
  for (const word of split(query)) if (WEAK.has(word)) add(word, OF_A_FORM.weak, []);
  for (const length of new Set([2, 3, all.length])) {
    for (let n = 0; length > 1 && n + length <= all.length; n++) {
      const those = all.slice(n, n + length);
      const one = joined(those.join(" "));
      if (!one || FILLERS.has(one)) continue;
      const of = those.flatMap(split).map((word) => words.indexOf(word)).filter((at) => at >= 0);
      if (!of.length && called.has(one)) of.push(words.push(one) - 1); // k-means, though no part of it says anything
      const strange = those.every((part) => part.length > 1) && those.some((part) => !known.has(singular(part)));
      add(one, 1, of, n + length === all.length, length === 2 && strange);
      for (const other of SYNONYMS.get(one) ?? []) add(other, OF_A_FORM.synonym, of);
    }
  }
  return { words, terms };
}

/** A word with two neighboring letters in the other order. @param {string} word */
function swapped(word) {
  return [...word].slice(1).map((letter, n) => word.slice(0, n) + letter + word[n] + word.slice(n + 2));
}

/** The two words that were typed as one. @param {string} word @param {{has: (word: string) => boolean}} known */
function apart(word, known) {
  for (let n = 4; n <= word.length - 4; n++) {
    const both = [word.slice(0, n), singular(word.slice(n))];
    if (both.every((part) => known.has(part))) return both;
  }
  return [];
}

/**
 * @type {Promise<{pages: Page[], index: MiniSearch, known: Map<string, number>, names: Map<string, Name[]>,
 *   called: Set<string>, written: Set<string>}> | undefined}
 */
let ready;

/** @typedef {{typed: string, joined: string, words: string[]}} Name as it is written, as one word, and its words */

/** @param {string} name @returns {Name} */
function asName(name) {
  // One that needs its single letters, such as k-means or x + F(x), is said as a whole or not at all.
  const whole = parts(name).some((part) => part.length === 1);
  return { typed: name, joined: joined(name), words: whole ? [joined(name)] : [...new Set(content(name))] };
}

/**
 * Whoever types a page's name wants that page, however often others say the word.
 * @param {Name} name
 * @param {boolean} first whether it is the title
 * @param {Name} said the query
 * @param {Set<string>} found
 */
function naming(name, first, said, found) {
  const most = first ? NAMED_BY.title : NAMED_BY.alias;
  if (name.typed === said.typed) return most * NAMED_BY.verbatim; // mAP, not the map
  if (name.joined === said.joined) return most;
  const { length } = name.words;
  const same = length === said.words.length && name.words.every((word) => said.words.includes(word));
  if (same) return most * NAMED_BY.reordered;
  if (length > said.words.length || !name.words.every((word) => found.has(word))) return 1;
  if (length === said.words.length) return Math.max(1, most * NAMED_BY.guessed); // misspelled, or not typed to the end
  return 1 + (first ? NAMED_BY.inTitle : NAMED_BY.inAlias) * length / said.words.length;
}

/** @param {Page[]} pages */
function build(pages) {
  /** @type {Map<string, number>} */
  const known = new Map(); // on how many pages each word stands
  let seen = new Set();
  const index = new MiniSearch({
    fields: ["short", "names", "title", "headings", "about", "papers", "often", "words"],
    idField: "location",
    extractField: (page, field) => {
      if (field === "location") seen = new Set(); // asked first of each page
      if (field === "headings") return page.sections.map((/** @type {Section} */ section) => section[1]).join(" . ");
      if (field === "short") return page.names[0] ?? ""; // on its own: beside many other names it would count less
      if (field === "names") return page.names.slice(1).join(" . ");
      return field === "papers" ? page.papers.join(" . ") : page[field];
    },
    tokenize: (text, field) => field === "short" || field === "names" || field === "title"
      ? text.split(" . ").flatMap(withPairs) : split(text),
    processTerm: (word) => { // when a page is read; a query has its own words
      for (const form of forms(word)) {
        if (!seen.has(form)) known.set(form, (known.get(form) ?? 0) + 1);
        seen.add(form);
      }
      return forms(word);
    },
  });
  index.addAll(pages);
  const names = new Map(pages.map((page) => [page.location, page.names.map(asName)]));
  const called = new Set([...names.values()].flat().map((name) => name.joined));
  const written = new Set(pages.flatMap((page) => split([...page.names, page.title].join(" "))));
  return { pages, index, known, names, called, written };
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
    .map((part, n) => n % 2 && split(part).flatMap(forms).some((word) => found.has(word))
      ? `<mark data-md-highlight>${escape(part)}</mark>` : escape(part))
    .join("");
}

/** @param {string} typed */
async function search(typed) {
  if (!parts(typed).length) return { items: [] };
  ready ??= load();
  const { pages, index, known, names, called, written } = await ready.catch((error) => {
    ready = undefined; // the next query tries again
    throw error;
  });
  const name = typed.replace(AFTER, "");
  const query = called.has(joined(name)) ? name : typed;
  const { words, terms: wanted } = asked(query, known, called);
  const byLocation = new Map(pages.map((page) => [page.location, page]));
  const options = {
    tokenize: () => [...wanted.keys()],
    boost: BOOST,
    boostTerm: (/** @type {string} */ term) => wanted.get(term)?.weight ?? 1,
    prefix: (/** @type {string} */ word) => word.length > 2 && wanted.get(word)?.begun === true,
    processTerm: (/** @type {string} */ word) => word,
    fuzzy: (/** @type {string} */ word) => word.length > 3 && wanted.get(word)?.loose === true && FUZZY,
    maxFuzzy: 2,
    weights: OF_A_GUESS,
    boostDocument: (/** @type {string} */ location) => 
      String(location).startsWith("reference/") ? REFERENCE : /^[^/]+\/$/.test(location) ? TOPIC : 1,
  };
  // A word that few pages say tells more.
  const rarity = words.map((word) => Math.log(1 + pages.length / (known.get(word) ?? known.get(stem(word)) ?? 1)));
  const total = rarity.reduce((sum, one) => sum + one, 0);
  const said = { typed: query.trim(), joined: joined(query), words };
  const best = index.search(query, options).map((result) => {
    const page = /** @type {Page} */ (byLocation.get(String(result.id)));
    const met = new Set(result.queryTerms.flatMap((term) => wanted.get(term)?.of ?? []));
    const share = total ? [...met].reduce((sum, n) => sum + rarity[n], 0) / total : 1;
    const found = new Set(result.terms);
    const named = Math.max(1, ...(names.get(page.location) ?? []).map((name, n) => naming(name, n === 0, said, found)));
    return { ...result, page, met, score: result.score * (0.5 + share / 2) * named };
  }).sort((a, b) => b.score - a.score);
  const items = best.slice(0, MOST).map(({ page, ...result }) => {
    const matched = new Set(result.terms);
    // As they were typed: Material marks them on the page that is opened, and strikes out what is missing.
    /** @type {Record<string, boolean>} */
    const terms = {};
    for (const word of typed.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
      const meant = split(word).filter((part) => !FILLERS.has(part));
      if (meant.length) {
        terms[word] = meant.some((part) => result.met.has(words.indexOf(part)) || result.queryTerms.includes(part));
      }
    }
    const sections = page.sections
      .map((section) => ({
        section, hits: split(section[1]).filter((word) => forms(word).some((form) => matched.has(form))).length,
      }))
      .filter(({ hits }) => hits).sort((a, b) => b.hits - a.hits).slice(0, 3);
    return [
      item(page.location, page.title, page.about, result.score, matched, terms),
      ...sections.map(({ section: [id, heading, beginning], hits }) =>
        // Material shows what scores like the page and folds the rest away.
        item(`${page.location}#${id}`, heading, beginning, result.score * (hits > words.length / 3 ? 1 : 0.1), matched, terms)),
    ];
  });
  const [suggested] = index.autoSuggest(query, {
    tokenize: content, processTerm: (word) => word, fields: ["short", "names", "title"], prefix: true, fuzzy: false,
  });
  return { items, suggest: suggested?.terms.filter((term) => written.has(term)) ?? [] };
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
