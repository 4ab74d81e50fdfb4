// When a card comes back: FSRS over the card's whole history, so that merged histories need no rule of their own.

import { createEmptyCard, fsrs } from "../vendor/fsrs/fsrs.js";
import { dayStart, record, save, subscribe, union } from "./reviews.js";

/** @typedef {import("./reviews.js").Review} Review */

const scheduler = fsrs({
  request_retention: 0.9,
  maximum_interval: 365,
  enable_fuzz: false, // the same history gives the same date on every device
  enable_short_term: true,
  learning_steps: ["10m"],
  relearning_steps: ["10m"],
});

/**
 * When a card with these reviews is due. A card for another day is due when that day starts.
 * @param {Review[]} reviews
 * @returns {number} milliseconds since 1970
 */
export function dueAfter(reviews) {
  let card = createEmptyCard(studyTime(reviews[0][0]));
  let latest = 0;
  for (const [time, grade] of reviews) {
    latest = Math.max(latest, studyTime(time).getTime()); // the night when clocks are set back has an hour twice
    card = scheduler.next(card, new Date(latest), /** @type {any} */ (grade)).card;
  }
  const last = reviews[reviews.length - 1][0];
  if (card.scheduled_days === 0) return last + (card.due.getTime() - latest);
  const due = new Date(dayStart(last));
  due.setDate(due.getDate() + card.scheduled_days);
  return due.getTime();
}

/** FSRS counts days by the calendar in UTC: a clock that is at midnight when our day starts. @param {number} time */
function studyTime(time) {
  const start = new Date(dayStart(time));
  const passed = Math.min(time - start.getTime(), 86_399_999); // a day may have 25 hours
  return new Date(Date.UTC(start.getFullYear(), start.getMonth(), start.getDate()) + passed);
}

/** What this tab wrote, by card. Two tabs that write one record at the same moment do not wait for each other, so
 * each looks at what the other one left and puts back what is missing. @type {Map<string, Review[]>} */
const written = new Map();

/** @param {string} id @param {Review} review */
function stand(id, review) {
  if (!written.has(id)) subscribe([id], putBack);
  written.set(id, [...(written.get(id) ?? []), review]);
}

/** @param {string} id */
function putBack(id) {
  const found = record(id)?.reviews;
  if (!found) return void written.set(id, []); // forgotten on purpose
  const reviews = union(found, written.get(id) ?? []);
  if (reviews.length > found.length) save(id, { reviews, due: dueAfter(reviews) });
}

/** When the card would come back after each grade. @param {string} id @param {number} now @returns {number[]} */
export function preview(id, now) {
  return [1, 2, 3, 4].map((grade) => dueAfter(withReview(id, grade, now)));
}

/**
 * Grade a card.
 * @param {string} id @param {number} grade @param {number} now
 * @returns {{time: number, due: number, kept: boolean}} `time` names the review for `undo`
 */
export function grade(id, grade, now) {
  const reviews = withReview(id, grade, now);
  const due = dueAfter(reviews);
  const review = reviews[reviews.length - 1];
  stand(id, review);
  return { time: review[0], due, kept: save(id, { reviews, due }) };
}

/** Take a review back. @param {string} id @param {number} time */
export function undo(id, time) {
  const others = (/** @type {Review} */ review) => review[0] !== time;
  written.set(id, (written.get(id) ?? []).filter(others));
  const reviews = (record(id)?.reviews ?? []).filter(others);
  save(id, reviews.length ? { reviews, due: dueAfter(reviews) } : null);
}

/**
 * Add the reviews of a file to those here.
 * @param {[string, Review[]][]} entries
 * @returns {{cards: number, reviews: number, kept: boolean}} what was new, and whether it will survive the page
 */
export function merge(entries) {
  const result = { cards: 0, reviews: 0, kept: true };
  for (const [id, brought] of entries) {
    const own = record(id)?.reviews ?? [];
    const reviews = union(own, brought);
    if (reviews.length === own.length) continue;
    result.cards += 1;
    result.reviews += reviews.length - own.length;
    result.kept = save(id, { reviews, due: dueAfter(reviews) }) && result.kept;
  }
  return result;
}

/** The record is read right before it is written: another tab may have graded the card.
 * @param {string} id @param {number} grade @param {number} now @returns {Review[]} */
function withReview(id, grade, now) {
  const reviews = union(record(id)?.reviews ?? [], written.get(id) ?? []);
  const last = reviews.length ? reviews[reviews.length - 1][0] : 0;
  return [...reviews, [Math.max(now, last + 1), grade]]; // a clock set back does not reorder reviews
}
