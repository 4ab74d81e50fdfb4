// The review page: what is due today and a few new cards, one at a time, graded by the reader.

import { addressOf, loadBody, loadCards } from "./cards.js";
import { button, count, download, make, ownHtml } from "./elements.js";
import { damaged, dayEnd, dayStart, fromFile, interval, MAX_FILE, record, reviewed, save, status,
  subscribe, toFile } from "./reviews.js";
import { grade, merge, preview, undo } from "./schedule.js";
import * as store from "./store.js";

/** @typedef {import("./cards.js").Card} Card */
/** @typedef {{newPerDay: number, topic: string, level: string}} Settings */
/** @typedef {{id: string, grade: number, time: number}} Step */

const GRADES = ["Again", "Hard", "Good", "Easy"];
const LEVELS = ["warm-up", "core", "deep"];
const MORE = 5;
/** @type {Settings} */
const DEFAULTS = { newPerDay: 5, topic: "", level: "" };

/** @type {() => void} */
let stop = () => {};

/** @param {ParentNode} root */
export async function mount(root) {
  const place = /** @type {HTMLElement} */ (root.querySelector("#guide-review"));
  stop();
  try {
    const cards = await loadCards();
    if (place.isConnected) stop = new Review(place, cards).stop;
  } catch {
    place.replaceChildren(make("p", { class: "guide-live", role: "alert" },
      "The cards could not be loaded. Reload the page to try again."));
  }
}

class Review {
  /** @type {Step[]} */ steps = [];
  /** @type {Card | null} */ card = null;
  revealed = false;
  bonus = 0;
  started = 0;

  /** @param {HTMLElement} place @param {Card[]} cards */
  constructor(place, cards) {
    this.cards = cards;
    this.place = make("div", { class: "guide-live", tabIndex: -1 });
    this.said = make("p", { class: "guide-said", role: "status" });
    this.view = make("div");
    this.place.append(this.view, this.said);
    place.replaceChildren(this.place);
    this.place.addEventListener("keydown", (event) => this.key(event));
    this.stop = subscribe(cards.map((card) => card.id), (id) => this.changed(id));
    this.showStart();
  }

  /** @returns {Settings} */
  get settings() {
    const isValid = (/** @type {any} */ value) => value !== null && typeof value === "object"
      && Number.isInteger(value.newPerDay) && value.newPerDay >= 0 && value.newPerDay <= 99
      && typeof value.topic === "string" && typeof value.level === "string";
    const found = store.read("settings:review", DEFAULTS, isValid);
    const topic = this.cards.some((card) => card.topic === found.topic) ? found.topic : "";
    return { ...found, topic, level: LEVELS.includes(found.level) ? found.level : "" };
  }

  // What comes next

  /** The cards of today, by what they are: due now, due in a few minutes, new. @param {number} now */
  today(now) {
    const { topic, level, newPerDay } = this.settings;
    const wanted = this.cards.filter((card) => (!topic || card.topic === topic) && (!level || card.level === level));
    const found = wanted.map((card) => ({ card, found: record(card.id) }));
    const due = found.flatMap(({ card, found }) => found && found.due < dayEnd(now) ? [{ card, due: found.due }] : [])
      .sort((a, b) => a.due - b.due);
    // New cards of the day count whatever the filter is now.
    const begun = this.cards.filter((card) => (record(card.id)?.reviews[0][0] ?? 0) >= dayStart(now)).length;
    const fresh = found.filter(({ found }) => !found).map(({ card }) => card);
    return {
      now: due.filter((each) => each.due <= now).map((each) => each.card),
      soon: due.filter((each) => each.due > now).map((each) => each.card),
      fresh: fresh.slice(0, Math.max(0, newPerDay + this.bonus - begun)),
      waiting: fresh.length,
      all: wanted.length,
      known: found.filter(({ found }) => status(found, now) === "known").length,
    };
  }

  /** A card graded "again" is due in ten minutes, and sooner when nothing else is left.
   * @returns {Card | undefined} */
  next() {
    const { now, soon, fresh } = this.today(Date.now());
    const queue = [...now, ...fresh, ...soon];
    const last = this.steps[this.steps.length - 1]?.id;
    return queue.find((card) => card.id !== last) ?? queue[0];
  }

  // Screens

  /** @param {(Node | string | null | false)[]} content */
  show(...content) {
    this.view.replaceChildren(.../** @type {(Node | string)[]} */ (content.filter(Boolean)));
  }

  /** @param {string} text */
  say(text) {
    this.said.textContent = text;
  }

  showStart() {
    this.card = null;
    const { newPerDay, topic, level } = this.settings;
    const topics = new Map(this.cards.map((card) => [card.topic, card.topic_title]));
    const head = make("div");
    /** @param {Partial<Settings>} [change] */
    const choose = (change = {}) => {
      store.write("settings:review", { ...this.settings, ...change });
      head.replaceChildren(...this.overview());
    };
    head.replaceChildren(...this.overview());
    this.show(
      head,
      make("div", { class: "guide-fields" },
        select("Topic", topic, [["", "all topics"], ...topics], (value) => choose({ topic: value })),
        select("Level", level, [["", "all levels"], ...LEVELS.map((each) => /** @type {[string, string]} */ ([each, each]))],
          (value) => choose({ level: value })),
        make("label", {}, "New cards a day ", make("input", {
          type: "number", min: "0", max: "99", value: String(newPerDay), class: "guide-field", inputMode: "numeric",
          onchange: (/** @type {Event} */ event) => {
            const field = /** @type {HTMLInputElement} */ (event.target);
            if (field.value && field.checkValidity()) choose({ newPerDay: Number(field.value) });
            else field.value = String(this.settings.newPerDay);
          },
        }))),
      !store.isPersistent() && make("p", {}, NOT_KEPT),
      this.copies(),
    );
  }

  /** What there is to do, and the button that starts it. */
  overview() {
    const { now, soon, fresh, all, known, waiting } = this.today(Date.now());
    const due = now.length + soon.length;
    const nothing = all === 0 ? "No card fits this choice of topic and level"
      : waiting ? "Nothing is due, and the new cards of today are done" : "Nothing is due today";
    return [
      make("p", { class: "guide-count" }, make("strong", {}, due + fresh.length
        ? `${due} due, ${fresh.length} new today` : nothing), `. ${count(all, "card")} in this choice, ${known} known.`),
      make("p", { class: "guide-actions" },
        due + fresh.length > 0 && button("Start", () => this.start(), { class: "guide-button guide-main" }),
        due + fresh.length === 0 && waiting > 0 && button(`Learn ${Math.min(MORE, waiting)} more`, () => this.more())),
    ];
  }

  /** Save, load and forget. */
  copies() {
    const file = make("input", { type: "file", accept: ".json,application/json", hidden: true });
    file.addEventListener("change", () => this.load(file));
    const forget = button("Forget everything", () => {
      forget.replaceWith(make("span", { class: "guide-actions" },
        button("Yes, forget every review", () => this.forget()), button("Keep them", () => this.showStart())));
    });
    const aside = damaged();
    return make("details", { class: "question" }, make("summary", {}, "Your progress as a file"),
      make("p", {}, "Progress stays in this browser and is sent nowhere. A file carries it to another device: both "
        + "are merged, and no review of either is lost."),
      aside > 0 && make("p", {}, `${count(aside, "record")} could not be read; kept aside in this browser's storage, `
        + "and the cards count as new."),
      make("p", { class: "guide-actions" },
        button("Save a copy", () => {
          const day = new Date().toISOString().slice(0, 10);
          download(`interview-guide-progress-${day}.json`, "application/json", toFile(Date.now()));
          this.say("Your progress was saved as a file.");
        }),
        button("Load a copy", () => file.click()), file,
        reviewed().length > 0 && forget));
  }

  /** @param {HTMLInputElement} field */
  async load(field) {
    const file = field.files?.[0];
    if (!file) return;
    try {
      if (file.size > MAX_FILE) throw new Error("This file is too large to be a progress file of this guide.");
      const entries = fromFile(await file.text(), Date.now());
      const { cards, reviews, kept } = merge(entries);
      this.showStart();
      this.say(!reviews ? "Nothing new in this file: every review was here already."
        : `${count(reviews, "review")} of ${count(cards, "card")} added.${kept ? "" : " " + NOT_KEPT}`);
    } catch (error) {
      this.say(`${/** @type {Error} */ (error).message} Nothing was changed.`);
    }
    field.value = "";
  }

  forget() {
    for (const id of reviewed()) save(id, null);
    this.showStart();
    this.say("Every review was forgotten.");
  }

  start() {
    this.steps = [];
    this.started = Date.now();
    this.advance();
  }

  more() {
    this.bonus += MORE;
    this.start();
  }

  advance() {
    const card = this.next();
    if (card) this.showQuestion(card);
    else this.showSummary();
  }

  /** @param {Card} card */
  showQuestion(card) {
    this.card = card;
    this.revealed = false;
    loadBody(card.id).catch(() => {}); // ahead of the reader
    const title = make("h2", { tabIndex: -1, class: "guide-question" }, card.question);
    this.show(
      this.bar(),
      make("p", { class: "guide-facts" }, `${card.topic_title}, ${card.level}`),
      title,
      make("p", { class: "guide-actions" },
        button("Show the answer", () => this.reveal(), { class: "guide-button guide-main" }),
        make("span", { class: "guide-keys" }, "Say it first. Space or Enter shows it.")),
    );
    title.focus({ preventScroll: true });
    this.place.scrollIntoView();
    if (!store.isPersistent()) this.say(NOT_KEPT);
    const after = this.next(); // fetched while the reader thinks
    if (after) loadBody(after.id).catch(() => {});
  }

  /** What is left, and the way back. */
  bar() {
    const { now, soon, fresh } = this.today(Date.now());
    return make("p", { class: "guide-bar" },
      make("span", {}, `${now.length + soon.length + fresh.length} left`),
      this.steps.length > 0 && button("Undo", () => this.undo(), { title: "Take the last grade back (U)" }),
      button("End", () => this.showSummary()));
  }

  async reveal() {
    const card = this.card;
    if (!card || this.revealed) return;
    this.revealed = true;
    let body;
    try {
      body = await loadBody(card.id);
    } catch {
      this.revealed = false;
      this.say("The answer could not be loaded. Check the connection and try again.");
      return;
    }
    if (this.card !== card) return;
    const now = Date.now();
    const due = preview(card.id, now);
    const answer = make("div", { class: "guide-answer", tabIndex: -1, role: "region", "aria-label": "Answer" },
      make("div", { class: "admonition abstract" },
        make("p", { class: "admonition-title" }, "Say this first"), ownHtml(body.answer)),
      body.follow_ups.length > 0 && make("h3", {}, "What they ask next"),
      ...body.follow_ups.map((each) => make("details", { class: "question" },
        make("summary", {}, ownHtml(each.question_html)), ownHtml(each.answer))),
      make("p", {}, make("a", { href: addressOf(card.address) }, `The whole page: ${card.title}`)));
    const grades = make("div", { class: "guide-grades", role: "group", "aria-label": "How well did you know it?" },
      ...GRADES.map((name, n) => button("", () => this.grade(n + 1), { class: "guide-button guide-grade" })));
    [...grades.children].forEach((each, n) => each.append(
      make("kbd", { "aria-hidden": "true" }, String(n + 1)), make("strong", {}, GRADES[n]),
      make("span", {}, interval(due[n], now))));
    this.view.querySelector(".guide-actions")?.remove();
    this.view.append(answer, grades);
    answer.focus({ preventScroll: true });
    this.say("");
  }

  /** @param {number} value */
  grade(value) {
    if (!this.card || !this.revealed) return;
    const { id } = this.card;
    this.card = null; // our own change is no news
    const { time } = grade(id, value, Date.now());
    this.steps.push({ id, grade: value, time });
    this.advance();
  }

  undo() {
    const step = this.steps.pop();
    if (!step) return;
    this.card = null;
    undo(step.id, step.time);
    const card = this.cards.find((each) => each.id === step.id);
    if (card) this.showQuestion(card);
    this.say("The last grade was taken back.");
  }

  showSummary() {
    this.card = null;
    const { waiting } = this.today(Date.now());
    const minutes = Math.max(1, Math.round((Date.now() - this.started) / 60_000));
    const tomorrow = this.cards.filter((card) => {
      const found = record(card.id);
      return found && found.due >= dayEnd(Date.now()) && found.due < dayEnd(dayEnd(Date.now()));
    }).length;
    const title = make("h2", { tabIndex: -1 }, this.next() ? "Stopped" : "Done for today");
    this.show(
      title,
      this.steps.length ? make("p", {}, `${count(this.steps.length, "review")} in ${count(minutes, "minute")}: `
        + GRADES.map((name, n) => `${this.steps.filter((step) => step.grade === n + 1).length} ${name.toLowerCase()}`)
          .join(", ") + ".") : make("p", {}, "No card was graded."),
      make("p", {}, `Tomorrow ${count(tomorrow, "card")} will be due.`,
        waiting > 0 && ` ${count(waiting, "card")} not seen yet.`),
      make("p", { class: "guide-actions" },
        button("Back", () => this.showStart(), { class: "guide-button guide-main" }),
        this.steps.length > 0 && button("Undo the last grade", () => this.undo()),
        !this.next() && waiting > 0 && button(`Learn ${Math.min(MORE, waiting)} more`, () => this.more())),
    );
    title.focus({ preventScroll: true });
  }

  // What happens from outside

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches("input, select, textarea")) return;
    const onControl = target.closest("button, a, summary");
    let taken = true;
    if (this.revealed && /^[1-4]$/.test(event.key)) this.grade(Number(event.key));
    else if (this.card && !this.revealed && !onControl && [" ", "Enter"].includes(event.key)) this.reveal();
    else if (event.key.toLowerCase() === "u" && this.steps.length && this.view.querySelector(".guide-bar")) this.undo();
    else taken = false;
    if (taken) {
      event.preventDefault();
      event.stopPropagation(); // Material has shortcuts of its own
    }
  }

  /** A card was graded in another tab. @param {string} id */
  changed(id) {
    if (!this.place.isConnected) return this.stop();
    if (this.card?.id === id) {
      this.advance();
      this.say("That card was graded in another tab.");
    }
  }
}

const NOT_KEPT = "This browser keeps nothing between visits (a private window, or its storage is full): "
  + "your progress is gone when you reload or leave, unless you save a copy.";

/** @param {string} label @param {string} value @param {Iterable<[string, string]>} options
 * @param {(value: string) => void} change */
function select(label, value, options, change) {
  const field = make("select", { class: "guide-field" },
    ...[...options].map(([key, text]) => make("option", { value: key, selected: key === value }, text)));
  field.addEventListener("change", () => change(field.value));
  return make("label", {}, `${label} `, field);
}
