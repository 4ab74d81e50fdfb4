// What the reader remembers: for each card the list of its reviews, one record per card.
//
// The reviews are the truth, the due date follows from them (schedule.js) and is kept beside them so
// that a page can show it without loading the scheduler. Two lists are merged by taking every review
// of both: no tab and no device can lose another one's grade, and the newest grade counts last.

import * as store from "./store.js";

/**
 * @typedef {[number, number]} Review milliseconds since 1970; 1 again, 2 hard, 3 good, 4 easy
 * @typedef {{reviews: Review[], due: number}} Record
 * @typedef {"new" | "due" | "known"} Status
 */

export const FORMAT = "deep-learning-interview-guide/reviews";
export const VERSION = 1;
export const MAX_FILE = 2_000_000; // bytes: more than a lifetime of reviews
const MAX_REVIEWS = 2_000;
const DAY = 86_400_000;
const DAY_STARTS_AT = 4; // a session after midnight belongs to the evening before
const ID = /^[a-z][a-z0-9_]*\/[a-z][a-z0-9_]*$/;

/** @param {any} value @returns {value is Review[]} */
function areReviews(value) {
  return Array.isArray(value) && value.length > 0 && value.length <= MAX_REVIEWS && value.every((review, n) =>
    Array.isArray(review) && review.length === 2 && Number.isSafeInteger(review[0]) && review[0] > 0
    && [1, 2, 3, 4].includes(review[1]) && (n === 0 || value[n - 1][0] < review[0]));
}

/** @param {any} value */
function isRecord(value) {
  return value !== null && typeof value === "object" && Number.isSafeInteger(value.due) && areReviews(value.reviews);
}

/** @param {string} id @returns {Record | null} */
export function record(id) {
  return store.read(`review:${id}`, /** @type {Record | null} */ (null), isRecord);
}

/** @param {string} id @param {Record | null} value @returns {boolean} whether it will survive the page */
export function save(id, value) {
  if (value) return store.write(`review:${id}`, value);
  store.remove(`review:${id}`);
  return store.isPersistent();
}

/** Every card that was ever reviewed, also one that the guide no longer has. @returns {string[]} */
export function reviewed() {
  return store.names("review:").map((name) => name.slice("review:".length)).filter((id) => ID.test(id));
}

/** How many records were damaged and are kept aside. */
export function damaged() {
  return store.names("damaged:review:").length;
}

/** Call back when one of these cards is reviewed, here or in another tab.
 * @param {string[]} ids @param {(id: string) => void} listener @returns {() => void} stops listening */
export function subscribe(ids, listener) {
  const stops = ids.map((id) => store.subscribe(`review:${id}`, () => listener(id)));
  return () => stops.forEach((stop) => stop());
}

/** When the day of a moment began: at 4 in the morning, local time. @param {number} time */
export function dayStart(time) {
  const date = new Date(time);
  const start = new Date(date.getFullYear(), date.getMonth(), date.getDate(), DAY_STARTS_AT);
  if (start.getTime() > time) start.setDate(start.getDate() - 1);
  return start.getTime();
}

/** @param {number} time */
export function dayEnd(time) {
  const end = new Date(dayStart(time));
  end.setDate(end.getDate() + 1); // not 24 hours: the clocks may change
  return end.getTime();
}

/** @param {Record | null} found @param {number} now @returns {Status} */
export function status(found, now) {
  if (!found) return "new";
  return found.due < dayEnd(now) ? "due" : "known";
}

/** "10 min", "2 days", "3 weeks". @param {number} due @param {number} now */
export function interval(due, now) {
  const minutes = Math.max(1, Math.round((due - now) / 60_000));
  if (due < dayEnd(now)) return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  const days = Math.round((dayStart(due) - dayStart(now)) / DAY);
  if (days < 14) return days === 1 ? "1 day" : `${days} days`;
  if (days < 60) return `${Math.round(days / 7)} weeks`;
  if (days < 365) return `${Math.round(days / 30.4)} months`;
  return "1 year";
}

/** @param {Review[]} first @param {Review[]} second @returns {Review[]} every review of both, in order */
export function union(first, second) {
  const grades = new Map([...first, ...second]);
  return [...grades].sort((a, b) => a[0] - b[0]).slice(-MAX_REVIEWS);
}

/** All reviews as the text of a file. @param {number} now */
export function toFile(now) {
  const reviews = Object.fromEntries(reviewed().flatMap((id) => {
    const found = record(id);
    return found ? [[id, found.reviews]] : [];
  }));
  return JSON.stringify({ format: FORMAT, version: VERSION, exported: new Date(now).toISOString(), reviews }, null, 1);
}

/**
 * The reviews in a file that a reader brings. It is taken as a whole or not at all.
 * @param {string} text
 * @param {number} now
 * @returns {[string, Review[]][]}
 * @throws {Error} with one sentence for the reader
 */
export function fromFile(text, now) {
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("This file is damaged, or is not a progress file: it is not JSON.");
  }
  if (data === null || typeof data !== "object" || data.format !== FORMAT) {
    throw new Error("This is not a progress file of this guide: choose the file that “Save a copy” wrote.");
  }
  if (data.version !== VERSION) {
    throw new Error(Number(data.version) > VERSION
      ? "This file comes from a newer version of the guide: reload this page and try again."
      : "This progress file has no version that this page knows.");
  }
  const entries = data.reviews !== null && typeof data.reviews === "object" && !Array.isArray(data.reviews)
    ? Object.entries(data.reviews) : null;
  if (!entries || !entries.every(([id, reviews]) => ID.test(id) && id.length <= 120 && areReviews(reviews))) {
    throw new Error("This progress file is damaged: some of its reviews cannot be read.");
  }
  if (entries.some(([, reviews]) => reviews[reviews.length - 1][0] > now + DAY)) {
    throw new Error("This file holds reviews from the future: check the clock of the device it comes from.");
  }
  return entries;
}
