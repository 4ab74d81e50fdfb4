// Which questions an interview asks. A plan follows from the cards and the choice in the address and from
// nothing else, so that two people with the same address get the same interview.

/**
 * @typedef {import("./cards.js").Card} Card
 * @typedef {{seed: string, role: string, length: number, level: string}} Choice
 * @typedef {{kind: string, minutes: number, card: Card, followUps: number[]}} Part
 * @typedef {{parts: Part[], missing: string[]}} Plan
 */

/** @type {Record<string, string>} */
export const ROLES = {
  "deep-learning": "Deep learning engineer",
  vision: "Computer vision",
  language: "Language",
  robotics: "Robotics",
  research: "Research",
};
/** @type {Record<string, string>} */
export const LEVELS = {
  entry: "First job",
  experienced: "Experienced",
  senior: "Senior",
};
const FOLLOW_UPS = /** @type {Record<string, number>} */ ({ entry: 1, experienced: 2, senior: 3 });
/** @type {Record<number, [string, number][]>} minutes for each part, in the order of an interview */
const SLOTS = {
  20: [["warm-up", 3], ["concepts", 6], ["concepts", 6], ["behavioral", 5]],
  45: [["warm-up", 3], ["concepts", 7], ["concepts", 7], ["coding", 14], ["design", 9], ["behavioral", 5]],
  60: [["warm-up", 3], ["concepts", 7], ["concepts", 7], ["concepts", 7], ["coding", 16], ["design", 14],
    ["behavioral", 6]],
};
export const LENGTHS = Object.keys(SLOTS).map(Number);
// A part with few cards chooses first, or the concepts would take what coding and design need.
const CHOOSES = ["behavioral", "design", "warm-up", "coding", "concepts"];

/** @param {Choice} choice */
export function toHash({ seed, role, length, level }) {
  return `#seed=${seed}&role=${role}&length=${length}&level=${level}`;
}

/** The choice in an address; null if there is none that this page knows. @param {string} hash @returns {Choice | null} */
export function fromHash(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const [seed, role, length, level] = ["seed", "role", "length", "level"].map((name) => fields.get(name) ?? "");
  const known = /^[a-z0-9]{1,16}$/.test(seed) && Object.hasOwn(ROLES, role) && Object.hasOwn(LEVELS, level)
    && LENGTHS.map(String).includes(length);
  return known ? { seed, role, length: Number(length), level } : null;
}

/** @param {Card[]} cards @param {Choice} choice @returns {Plan} */
export function draw(cards, choice) {
  const slots = SLOTS[choice.length].map(([kind, minutes], position) => ({ kind, minutes, position }));
  slots.sort((a, b) => CHOOSES.indexOf(a.kind) - CHOOSES.indexOf(b.kind) || a.position - b.position);
  const used = new Set();
  const missing = new Set();
  const drawn = [];
  for (const { kind, minutes, position } of slots) {
    const ranked = cards
      .filter((card) => card.kinds.includes(kind) && !used.has(card.id))
      .map((card) => ({ card, rank: rank(card, kind, choice) }))
      .filter((each) => each.rank > 0)
      // The same order everywhere, also for ranks that happen to be equal.
      .sort((a, b) => b.rank - a.rank || (a.card.id < b.card.id ? -1 : 1));
    if (!ranked.length) {
      missing.add(kind);
      continue;
    }
    const { card } = ranked[0];
    used.add(card.id);
    drawn.push({ position, part: { kind, minutes, card, followUps: followUps(card, choice) } });
  }
  drawn.sort((a, b) => a.position - b.position);
  const order = SLOTS[choice.length].map(([kind]) => kind);
  return {
    parts: drawn.map(({ part }) => part),
    missing: [...missing].sort((a, b) => order.indexOf(a) - order.indexOf(b)),
  };
}

/** Weighted drawing without replacement (Efraimidis and Spirakis 2006): the largest u^(1/weight) wins. A card
 * that the guide gains later changes a plan only where it wins itself.
 * @param {Card} card @param {string} kind @param {Choice} choice */
function rank(card, kind, { seed, role, level }) {
  const name = role === "deep-learning" ? "deep learning" : role;
  if (card.roles.length && !card.roles.includes(name)) return 0;
  if (level === "entry" && card.level === "deep") return 0;
  let weight = { often: 3, sometimes: 2, rare: 1 }[card.asked];
  if (card.roles.length) weight *= 2;
  if (level === "senior" && card.level === "deep") weight *= 2;
  if (level === "experienced" && card.level === "deep") weight /= 2;
  return uniform(`${seed} ${kind} ${card.id}`) ** (1 / weight);
}

/** Which follow-ups are asked, in the order of the page. @param {Card} card @param {Choice} choice */
function followUps(card, { seed, level }) {
  return [...Array(card.follow_ups).keys()]
    .sort((a, b) => uniform(`${seed} ${card.id} ${a}`) - uniform(`${seed} ${card.id} ${b}`))
    .slice(0, FOLLOW_UPS[level])
    .sort((a, b) => a - b);
}

/** A number in (0, 1) from a text: FNV-1a with the last mixing step of MurmurHash3. @param {string} text */
function uniform(text) {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}

/**
 * A seed for a new interview: of many, the one that repeats least of what was asked lately.
 * The past chooses the seed and never the plan, so the address alone still says everything.
 * @param {Card[]} cards @param {Omit<Choice, "seed">} choice
 * @param {Record<string, number>} asked when each card was asked last @param {number} now
 */
export function newSeed(cards, choice, asked, now) {
  let best = { seed: "", cost: Infinity };
  for (let attempt = 0; attempt < 100 && best.cost > 0; attempt += 1) {
    const seed = [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => (byte % 32).toString(32)).join("");
    const cost = draw(cards, { ...choice, seed }).parts.reduce((sum, { card }) => {
      const days = (now - (Object.hasOwn(asked, card.id) ? asked[card.id] : 0)) / 86_400_000;
      return sum + (days < 30 ? 1 / (1 + Math.max(0, days)) : 0);
    }, 0);
    if (cost < best.cost) best = { seed, cost };
  }
  return best.seed;
}
