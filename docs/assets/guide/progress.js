// What the reader knows, where the reader is: two buttons on each answer, a word behind each question
// of a list, a line on the home page and on topic pages. Room for all of it is kept by the style sheet.

import { addressOf, cardOf, loadCards } from "./cards.js";
import { button, make } from "./elements.js";
import { interval, record, status, subscribe } from "./reviews.js";

const WORDS = { new: "", due: "due today", known: "known" };

/** @type {() => void} */
let stop = () => {};

/** @param {ParentNode} root */
export function mount(root) {
  stop();
  const stops = [rememberThis(root), markQuestions(root)];
  stop = () => stops.forEach((each) => each());
  summarize(root).catch(() => {}); // without the list of cards the line stays empty
}

/** "I know this" and "Again" under an answer's title. @param {ParentNode} root @returns {() => void} */
function rememberThis(root) {
  const meta = root.querySelector(".guide-meta");
  const id = cardOf(location.href);
  if (!meta || !id) return () => {};
  meta.querySelector(".guide-remember")?.remove();
  const said = make("span", { role: "status" });
  const actions = make("span");
  meta.append(make("span", { class: "guide-remember guide-live", role: "group", "aria-label": "Remember this answer" },
    actions, said));
  meta.classList.add("guide-mounted");

  const offer = () => {
    const found = record(id);
    actions.replaceChildren(
      button("I know this", () => grade(3)), button("Again", () => grade(1)));
    said.textContent = !found ? "" : status(found, Date.now()) === "due" ? "due today"
      : `next in ${interval(found.due, Date.now())}`;
  };
  // The scheduler comes as soon as a hand comes near: who clicks and leaves at once must not lose the grade.
  const near = () => void import("./schedule.js");
  actions.addEventListener("pointerover", near, { once: true });
  actions.addEventListener("focusin", near, { once: true });
  /** @param {number} value */
  const grade = async (value) => {
    const schedule = await import("./schedule.js");
    const { time, due, kept } = schedule.grade(id, value, Date.now());
    const undo = button("Undo", () => {
      schedule.undo(id, time);
      offer();
      actions.querySelector("button")?.focus();
    });
    actions.replaceChildren(undo);
    said.textContent = `next in ${interval(due, Date.now())}${kept ? "" : ", kept only until you leave this page"}`;
    undo.focus({ preventScroll: true });
  };
  offer();
  return subscribe([id], () => {
    if (!actions.contains(document.activeElement)) offer(); // graded in another tab
  });
}

/** Behind each question: known, or due today. @param {ParentNode} root @returns {() => void} */
function markQuestions(root) {
  /** @type {Map<string, Element[]>} */
  const facts = new Map();
  for (const item of root.querySelectorAll(".guide-questions li")) {
    const link = /** @type {HTMLAnchorElement | null} */ (item.querySelector("a[href]"));
    const line = item.querySelector(".guide-facts");
    const id = link && line ? cardOf(link.href) : "";
    if (line && id) facts.set(id, [...(facts.get(id) ?? []), line]);
  }
  /** @param {string} id */
  const draw = (id) => {
    const word = WORDS[status(record(id), Date.now())];
    for (const line of facts.get(id) ?? []) {
      line.querySelector(".guide-mark")?.remove();
      line.classList.toggle("guide-marked", Boolean(word));
      if (word) line.append(make("span", { class: `guide-mark guide-live` }, `, ${word}`));
    }
  };
  [...facts.keys()].forEach(draw);
  return subscribe([...facts.keys()], draw);
}

/** "4 known, 2 due today, 5 new", of one topic or of all. @param {ParentNode} root */
async function summarize(root) {
  const lines = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".guide-progress"));
  if (!lines.length) return;
  const cards = await loadCards();
  const now = Date.now();
  for (const line of lines) {
    const topic = line.dataset.topic;
    const found = cards.filter((card) => !topic || card.topic === topic).map((card) => status(record(card.id), now));
    const number = (/** @type {string} */ wanted) => found.filter((each) => each === wanted).length;
    line.replaceChildren();
    if (number("new") === found.length) continue; // nothing to say to someone who does not review
    line.append(make("span", { class: "guide-live" },
      `${number("known")} known, ${number("due")} due today, ${number("new")} new. `,
      make("a", { href: addressOf("practise/review/") }, "Review")));
  }
}
