// The guide's answers as cards, written by guide/cards.py when the site is built.

/**
 * @typedef {object} Card
 * @property {string} id "<topic>/<stem>"
 * @property {string} title
 * @property {string} question
 * @property {string} topic
 * @property {string} topic_title
 * @property {"warm-up" | "core" | "deep"} level
 * @property {"often" | "sometimes" | "rare"} asked
 * @property {string[]} roles empty: every role
 * @property {string[]} kinds the parts of an interview that it fits
 * @property {string} task the question when code is asked for
 * @property {string} address from the site's root
 * @property {number} follow_ups how many there are
 *
 * @typedef {{question: string, question_html: string, answer: string}} FollowUp
 * @typedef {{points: string[], answer: string, code: string, follow_ups: FollowUp[]}} Body
 */

/** The site's root, wherever it is published. */
export const SITE = new URL("../../", import.meta.url);

/** The full address of a page or file of the site. @param {string} path from the site's root */
export function addressOf(path) {
  const url = new URL(path, SITE);
  // A copy that is opened from a folder has no server that knows a folder's index page.
  if (url.protocol === "file:" && url.pathname.endsWith("/")) url.pathname += "index.html";
  return url.href;
}

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/** Every card, in the order of the syllabus. @returns {Promise<Card[]>} */
export async function loadCards() {
  return (await load("practise/cards.json")).cards;
}

/** What stands behind a card. @param {string} id @returns {Promise<Body>} */
export function loadBody(id) {
  return load(`practise/cards/${id}.json`);
}

/** @param {string} path @returns {Promise<any>} */
function load(path) {
  let promise = fetched.get(path);
  if (!promise) {
    promise = fetch(new URL(path, SITE)).then((response) => {
      if (!response.ok) throw new Error(`${path} could not be loaded (${response.status})`);
      return response.json();
    });
    fetched.set(path, promise);
    promise.catch(() => fetched.delete(path)); // the next try asks again
  }
  return promise;
}

/** The card that a link or the address of this page leads to. @param {string} address @returns {string} */
export function cardOf(address) {
  const url = new URL(address, location.href);
  if (url.origin !== SITE.origin || !url.pathname.startsWith(SITE.pathname)) return "";
  return url.pathname.slice(SITE.pathname.length).replace(/(index\.html)?$/, "").replace(/\/$/, "");
}
