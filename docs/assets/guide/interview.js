// The mock interview: a plan drawn from the cards, a clock, the model answer, and the reader's own grades.

import { addressOf, loadBody, loadCards } from "./cards.js";
import { button, count, download, make, ownHtml } from "./elements.js";
import { draw, fromHash, LENGTHS, LEVELS, newSeed, ROLES, toHash } from "./interview_plan.js";
import * as store from "./store.js";

/** @typedef {import("./cards.js").Card} Card */
/** @typedef {import("./cards.js").Body} Body */
/** @typedef {import("./interview_plan.js").Choice} Choice */
/** @typedef {import("./interview_plan.js").Part} Part */
/**
 * @typedef {object} Run how far an interview has come; one record for each address
 * @property {number} index the question it stands at
 * @property {"question" | "answer" | "done"} phase
 * @property {number[]} followUps how many were asked, by question
 * @property {number[]} elapsed milliseconds, by question
 * @property {(number | null)[][]} grades by question and line of the rubric: 0 missed, 1 partly, 2 fully
 * @property {string[]} notes by question
 * @property {number} updated when it was written last
 */

const PART_NAMES = /** @type {Record<string, string>} */ ({
  "warm-up": "Warm-up", concepts: "Concepts", coding: "Coding", design: "Design", behavioral: "Behavioral",
});
const GRADES = ["missed", "partly", "fully"];
const KEPT_RUNS = 5;
const FORGET_ASKED = 90 * 86_400_000;

/** @type {() => void} */
let stop = () => {};

/** @param {ParentNode} root */
export async function mount(root) {
  const place = /** @type {HTMLElement} */ (root.querySelector("#guide-interview"));
  stop();
  try {
    const cards = await loadCards();
    if (!place.isConnected) return;
    const interview = new Interview(place, cards);
    stop = () => interview.leave();
  } catch {
    place.replaceChildren(make("p", { class: "guide-live", role: "alert" },
      "The questions could not be loaded. Reload the page to try again."));
  }
}

class Interview {
  /** @type {Choice | null} */ choice = null;
  /** @type {Part[]} */ parts = [];
  /** @type {Body | null} */ body = null;
  /** @type {Run} */ run = newRun(0);
  /** @type {number | null} */ since = null; // when the clock was started; null while it stands
  started = false; // a plan that was only looked at leaves no trace
  writing = false;
  ticker = 0;
  /** @type {() => void} */ unsubscribe = () => {};

  /** @param {HTMLElement} place @param {Card[]} cards */
  constructor(place, cards) {
    this.cards = cards;
    this.place = make("div", { class: "guide-live" });
    this.view = make("div");
    this.said = make("p", { class: "guide-said", role: "status" });
    this.place.append(this.view, this.said);
    place.replaceChildren(this.place);
    this.onHash = () => this.open();
    this.onHide = () => this.save();
    addEventListener("hashchange", this.onHash);
    addEventListener("pagehide", this.onHide);
    this.open();
  }

  /** The page is left, or mounted again. */
  leave() {
    this.save();
    this.halt();
    this.unsubscribe();
    removeEventListener("hashchange", this.onHash);
    removeEventListener("pagehide", this.onHide);
    globalThis.speechSynthesis?.cancel();
  }

  /** @param {(Node | string | null | false)[]} content */
  show(...content) {
    this.view.replaceChildren(.../** @type {(Node | string)[]} */ (content.filter(Boolean)));
    this.said.textContent = "";
  }

  // The choice

  open() {
    if (!this.place.isConnected) return this.leave();
    this.save();
    this.halt();
    this.unsubscribe();
    this.parts = [];
    this.started = false;
    this.choice = fromHash(location.hash);
    if (this.choice) this.showPlan(this.choice);
    else this.showChoice(location.hash.length > 1 && /=/.test(location.hash));
  }

  /** @param {boolean} strange whether the address asked for something that is no interview */
  showChoice(strange) {
    const isValid = (/** @type {any} */ value) => value !== null && typeof value === "object"
      && fromHash(toHash({ seed: "a", role: value.role, length: value.length, level: value.level })) !== null;
    const last = store.read("settings:interview",
      { role: "deep-learning", length: 45, level: "experienced", aloud: false }, isValid);
    const role = select("Role", last.role, Object.entries(ROLES));
    const length = select("Length", String(last.length), LENGTHS.map((each) => [String(each), `${each} minutes`]));
    const level = select("Level", last.level, Object.entries(LEVELS));
    const aloud = make("input", { type: "checkbox", checked: last.aloud === true });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const choice = { role: role.field.value, length: Number(length.field.value), level: level.field.value };
      store.write("settings:interview", { ...choice, aloud: aloud.checked });
      this.go(toHash({ seed: newSeed(this.cards, choice, asked(), Date.now()), ...choice }));
    };
    this.show(
      strange && make("p", { role: "alert" }, "The address names no interview that this page knows: choose one here."),
      make("form", { onsubmit: submit },
        make("div", { class: "guide-fields" }, role.label, length.label, level.label),
        // Not every browser can speak.
        "speechSynthesis" in globalThis && make("p", {}, make("label", {}, aloud, " Read the questions aloud")),
        make("p", { class: "guide-actions" },
          make("button", { type: "submit", class: "guide-button guide-main" }, "Draw an interview"))),
    );
  }

  /** @param {string} hash */
  go(hash) {
    history.replaceState(history.state, "", hash || location.pathname + location.search);
    this.open();
    this.view.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** @param {Choice} choice */
  showPlan(choice) {
    const { parts, missing } = draw(this.cards, choice);
    this.parts = parts;
    this.name = `interview:run:${choice.seed}.${choice.role}.${choice.length}.${choice.level}`;
    const found = store.read(this.name, /** @type {Run | null} */ (null), (value) => isRun(value, parts.length));
    this.run = found ?? newRun(parts.length);
    this.unsubscribe = store.subscribe(this.name, (value) => this.changed(value));
    if (found?.phase === "done") return this.showSummary();
    const planned = parts.reduce((sum, part) => sum + part.minutes, 0);
    const address = make("input", { class: "guide-field guide-address", readOnly: true, value: location.href,
      "aria-label": "Address of this interview", onfocus: () => address.select() });
    this.show(
      make("h2", { tabIndex: -1 }, describe(choice)),
      make("ol", {}, ...parts.map((part) => make("li", {}, `${PART_NAMES[part.kind]}, ${part.minutes} minutes`))),
      missing.length > 0 && make("p", {}, parts.length
        ? `This plan has ${planned} of ${choice.length} minutes, because the guide has no further question here for: `
          + `${missing.map((kind) => PART_NAMES[kind].toLowerCase()).join(", ")}. It grows with the guide.`
        : "The guide has no question for this choice yet. Choose another role or level."),
      make("p", { class: "guide-actions" },
        parts.length > 0 && button(found ? "Go on" : "Start", () => this.start(), { class: "guide-button guide-main" }),
        parts.length > 0 && found && button("Start again", () => {
          this.run = newRun(parts.length);
          this.start();
        }),
        button("Choose another", () => this.go(""))),
      parts.length > 0 && make("p", {}, "Someone who opens the same address gets the same questions:"),
      parts.length > 0 && make("p", { class: "guide-actions" }, address,
        !!navigator.clipboard && button("Copy", async () => {
          try {
            await navigator.clipboard.writeText(location.href);
            this.said.textContent = "The address was copied.";
          } catch {
            address.select(); // forbidden: the reader can copy by hand
          }
        })),
    );
  }

  start() {
    this.started = true;
    forgetOld();
    if (this.run.phase === "answer") this.showAnswer();
    else this.showQuestion();
  }

  // The interview

  get part() {
    return this.parts[this.run.index];
  }

  get question() {
    return this.part.kind === "coding" ? this.part.card.task : this.part.card.question;
  }

  /** The card behind the question; the reader may ask again when it does not come. @param {() => void} again */
  async load(again) {
    const { part } = this;
    this.body = null;
    try {
      const body = await loadBody(part.card.id);
      if (this.part === part && this.place.isConnected) this.body = body;
    } catch {
      this.show(make("p", { role: "alert" }, "The question could not be loaded. Check the connection."),
        make("p", { class: "guide-actions" }, button("Try again", again)));
    }
    return this.body;
  }

  async showQuestion() {
    const body = await this.load(() => this.showQuestion());
    if (!body) return;
    remember(this.part.card.id);
    this.run.phase = "question";
    const title = make("h2", { tabIndex: -1, class: "guide-question" }, this.question);
    this.prompts = make("ol", { class: "guide-prompts", "aria-live": "polite" });
    this.actions = make("p", { class: "guide-actions" });
    this.show(this.bar(true), title, this.prompts, this.notes(), this.actions);
    for (let n = 0; n < this.run.followUps[this.run.index]; n += 1) this.prompt(n);
    this.offer();
    this.startClock();
    title.focus({ preventScroll: true });
    this.place.scrollIntoView();
    this.speak(this.question);
  }

  /** @param {number} n */
  prompt(n) {
    const followUp = this.body?.follow_ups[this.part.followUps[n]];
    if (followUp) this.prompts?.append(make("li", {}, ownHtml(followUp.question_html)));
    return followUp?.question ?? "";
  }

  offer() {
    const { index, followUps } = this.run;
    const more = followUps[index] < this.part.followUps.length;
    const next = button(more ? "Ask me the next" : "Show the answers", () => {
      if (more) {
        this.speak(this.prompt(followUps[index]));
        followUps[index] += 1;
        this.offer();
      } else this.showAnswer();
    }, { class: "guide-button guide-main" });
    const hadFocus = this.actions?.contains(document.activeElement);
    this.actions?.replaceChildren(next, ...(more ? [button("Show the answers", () => this.showAnswer())] : []));
    if (hadFocus) next.focus({ preventScroll: true });
    this.save();
  }

  async showAnswer() {
    this.halt();
    const body = this.body ?? await this.load(() => this.showAnswer());
    if (!body) return;
    globalThis.speechSynthesis?.cancel();
    this.run.phase = "answer";
    const { part, run } = this;
    const page = addressOf(part.card.address);
    const last = run.index === this.parts.length - 1;
    const title = make("h2", { tabIndex: -1, class: "guide-question" }, this.question);
    const asked = part.followUps.slice(0, run.followUps[run.index]);
    this.show(
      this.bar(false), title,
      make("div", { class: "admonition abstract" },
        make("p", { class: "admonition-title" }, "Say this first"), ownHtml(body.answer)),
      part.kind === "coding" && make("details", { class: "question", open: true },
        make("summary", {}, "The code of the page"), ownHtml(body.code)),
      ...body.follow_ups.map((each, n) => make("details", { class: "question", open: asked.includes(n) },
        make("summary", {}, ownHtml(each.question_html)), ownHtml(each.answer))),
      make("p", {}, make("a", { href: page, target: "_blank", rel: "noopener" },
        `The whole page: ${part.card.title} (new tab)`)),
      make("h3", {}, "How good was your answer?"),
      make("div", { class: "guide-rubric" }, ...rubric(part, body, asked).map((line, n) => this.line(line, n))),
      this.notes(),
      make("p", { class: "guide-actions" }, button(last ? "Finish" : "Next question", () => {
        if (last) return this.finish();
        run.index += 1;
        return this.showQuestion();
      }, { class: "guide-button guide-main" })),
    );
    this.save();
    title.focus({ preventScroll: true });
    this.place.scrollIntoView();
  }

  /** One line of the rubric with three choices. @param {string} text @param {number} n */
  line(text, n) {
    const grades = this.run.grades[this.run.index];
    return make("fieldset", {}, make("legend", {}, text), ...GRADES.map((name, value) =>
      make("label", {}, make("input", { type: "radio", name: `rubric-${n}`, checked: grades[n] === value,
        onchange: () => {
          while (grades.length < n) grades.push(null); // lines above that were not graded
          grades[n] = value;
          this.save();
        } }), ` ${name}`)));
  }

  notes() {
    const { index, notes } = this.run;
    return make("label", { class: "guide-notes" }, "Notes", make("textarea", { class: "guide-field", rows: 3,
      maxLength: 4000, value: notes[index], oninput: (/** @type {Event} */ event) => {
        notes[index] = /** @type {HTMLTextAreaElement} */ (event.target).value;
        this.save();
      } }));
  }

  finish() {
    this.run.phase = "done";
    this.save();
    this.showSummary();
  }

  showSummary() {
    this.halt();
    const choice = /** @type {Choice} */ (this.choice);
    const title = make("h2", { tabIndex: -1 }, `Summary: ${describe(choice)}`);
    const rows = this.parts.map((part, n) => make("tr", {},
      make("td", {}, make("a", { href: addressOf(part.card.address) }, part.card.title),
        make("span", { class: "guide-facts" }, PART_NAMES[part.kind])),
      make("td", {}, `${clock(this.run.elapsed[n])} of ${part.minutes}:00`),
      make("td", {}, score(this.run.grades[n]))));
    const weak = this.parts.filter((_, n) => isWeak(this.run.grades[n]));
    this.show(
      title,
      make("table", {},
        make("thead", {}, make("tr", {}, ...["Question", "Minutes", "Result"].map((text) =>
          make("th", { scope: "col" }, text)))),
        make("tbody", {}, ...rows)),
      make("p", {}, `In all: ${score(this.run.grades.flat())}, ${clock(sum(this.run.elapsed))} minutes.`),
      make("p", { class: "guide-actions" },
        button("Save as a file", () => download(`interview-${choice.seed}.md`, "text/markdown", this.toMarkdown()),
          { class: "guide-button guide-main" }),
        weak.length > 0 && button(`Review the weak ones today (${weak.length})`, async () => {
          const { grade } = await import("./schedule.js");
          for (const { card } of weak) grade(card.id, 1, Date.now());
          this.said.textContent = `${count(weak.length, "card")} due today on the review page.`;
        }),
        button("Start again", () => {
          this.run = newRun(this.parts.length);
          this.start();
        }),
        button("Another interview", () => this.go(""))),
    );
    title.focus({ preventScroll: true });
    this.place.scrollIntoView();
  }

  /** The summary as a file. */
  toMarkdown() {
    const choice = /** @type {Choice} */ (this.choice);
    const lines = [`# ${describe(choice)}`, "", `${new Date().toISOString().slice(0, 10)}, ${location.href}`, "",
      `In all: ${score(this.run.grades.flat())}, ${clock(sum(this.run.elapsed))} minutes.`, ""];
    this.parts.forEach((part, n) => {
      const question = part.kind === "coding" ? part.card.task : part.card.question;
      lines.push(`## ${n + 1}. ${question}`, "",
        `${PART_NAMES[part.kind]}, ${clock(this.run.elapsed[n])} of ${part.minutes}:00 minutes, `
        + score(this.run.grades[n]), "", addressOf(part.card.address), "");
      const notes = this.run.notes[n].trim();
      if (notes) lines.push(...notes.split("\n").map((line) => `> ${line}`), "");
    });
    return lines.join("\n");
  }

  // The clock

  /** @param {boolean} running */
  bar(running) {
    this.here = make("span", { role: "timer", "aria-label": "Time for this question" });
    this.total = make("span", { role: "timer", "aria-label": "Time in all" });
    this.pause = running && button("Pause", () => (this.since === null ? this.startClock() : this.halt()));
    this.drawClock();
    return make("p", { class: "guide-bar guide-timed" },
      make("span", {}, `${this.run.index + 1} of ${this.parts.length}, ${PART_NAMES[this.part.kind].toLowerCase()}`),
      make("span", {}, "question ", this.here), make("span", {}, "in all ", this.total),
      this.pause, button("End", () => this.finish()));
  }

  startClock() {
    this.halt();
    this.since = performance.now();
    if (this.pause) this.pause.textContent = "Pause";
    // A number that changes every second is motion too.
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.ticker = setInterval(() => this.tick(), still ? 10_000 : 1_000);
  }

  tick() {
    if (!this.place.isConnected) return this.leave();
    const before = this.run.elapsed[this.run.index];
    this.count();
    this.drawClock();
    const budget = this.part.minutes * 60_000;
    const after = this.run.elapsed[this.run.index];
    if (before < budget && after >= budget) {
      this.said.textContent = `The ${this.part.minutes} minutes for this question are over.`;
    }
    if (Math.floor(before / 10_000) !== Math.floor(after / 10_000)) this.save();
  }

  /** Add what has passed since the last count. */
  count() {
    if (this.since === null) return;
    const now = performance.now();
    this.run.elapsed[this.run.index] += now - this.since;
    this.since = now;
  }

  /** Stop the clock. */
  halt() {
    this.count();
    this.since = null;
    clearInterval(this.ticker);
    if (this.pause) this.pause.textContent = "Go on";
    if (this.parts.length) this.drawClock();
  }

  drawClock() {
    if (!this.here || !this.total || !this.part) return;
    this.here.textContent = `${clock(this.run.elapsed[this.run.index])} of ${this.part.minutes}:00`;
    const planned = this.parts.reduce((all, part) => all + part.minutes, 0);
    this.total.textContent = `${clock(sum(this.run.elapsed))} of ${planned}:00`;
  }

  // What is kept

  save() {
    this.count();
    if (!this.name || !this.started) return;
    this.run.updated = Date.now();
    this.writing = true; // our own change is no news
    store.write(this.name, this.run);
    this.writing = false;
  }

  /** The same interview goes on in another tab: what was done last counts. @param {any} value */
  changed(value) {
    if (this.writing || !isRun(value, this.parts.length)) return;
    if (!this.started) return this.open();
    this.halt();
    this.run = value;
    this.show(make("p", { role: "alert" }, "This interview goes on in another tab. The clock stands here."),
      make("p", { class: "guide-actions" }, button("Go on here", () =>
        (this.run.phase === "done" ? this.showSummary() : this.start()))));
  }

  /** @param {string} text */
  speak(text) {
    const { speechSynthesis } = globalThis;
    if (!speechSynthesis || !text || store.read("settings:interview", { aloud: false })?.aloud !== true) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(text);
    words.lang = "en-US";
    speechSynthesis.speak(words);
  }
}

/**
 * What a strong answer contains, line by line.
 * @param {Part} part @param {Body} body @param {number[]} asked follow-ups that were asked
 */
export function rubric(part, body, asked) {
  const covers = body.points.length ? `; the page also explains: ${body.points.join("; ")}` : "";
  const complete = `Complete: I said what the short answer says${covers}`;
  const correct = "Correct: I said nothing that contradicts the page or its common mistakes";
  const tradeOff = "Trade-off: I named a cost, a limit, or when not to use it";
  const lines = /** @type {Record<string, string[]>} */ ({
    coding: [
      "Understood: I asked about shapes, types and edge cases before I wrote",
      "Correct: my code computes what the page's code computes",
      "Edges: I named what can break it (empty input, one element, huge values) and how I would test it",
      "Cost: I said what it takes in time and memory",
    ],
    design: ["Goal first: I asked what it is for and what a mistake costs", complete, correct, tradeOff],
    behavioral: [
      "Direct: my first sentence answered the question",
      "Mine: I told one concrete case and what my own part in it was",
      "Measured: I gave a number or a result, and how I know it",
      "Learned: I said what I would do differently",
    ],
  })[part.kind] ?? ["Direct: my first sentence answered the question", complete, correct, tradeOff];
  return [...lines, ...asked.map((n) => `Next question: ${body.follow_ups[n].question}`)];
}

/** @param {number} length @returns {Run} */
function newRun(length) {
  const fill = (/** @type {() => any} */ make) => Array.from({ length }, make);
  return { index: 0, phase: "question", followUps: fill(() => 0), elapsed: fill(() => 0), grades: fill(() => []),
    notes: fill(() => ""), updated: 0 };
}

/** @param {any} value @param {number} length */
function isRun(value, length) {
  const each = (/** @type {any} */ list, /** @type {(item: any) => boolean} */ holds) =>
    Array.isArray(list) && list.length === length && list.every(holds);
  return value !== null && typeof value === "object" && Number.isInteger(value.index)
    && value.index >= 0 && value.index < length && ["question", "answer", "done"].includes(value.phase)
    && Number.isFinite(value.updated) && each(value.followUps, (item) => Number.isInteger(item) && item >= 0)
    && each(value.elapsed, (item) => Number.isFinite(item) && item >= 0)
    && each(value.notes, (item) => typeof item === "string")
    && each(value.grades, (item) => Array.isArray(item) && item.length <= 20
      && item.every((grade) => [0, 1, 2, null].includes(grade)));
}

/** Interviews are kept to go on with, not as an archive. */
function forgetOld() {
  const runs = store.names("interview:run:").map((name) => ({ name, at: store.read(name, { updated: 0 })?.updated ?? 0 }));
  for (const { name } of runs.sort((a, b) => b.at - a.at).slice(KEPT_RUNS)) store.remove(name);
}

/** When each card was asked last. @returns {Record<string, number>} */
function asked() {
  return store.read("interview:asked", {}, (value) => value !== null && typeof value === "object"
    && !Array.isArray(value) && Object.values(value).every(Number.isFinite));
}

/** @param {string} id */
function remember(id) {
  const now = Date.now();
  const recent = Object.entries(asked()).filter(([, time]) => now - time < FORGET_ASKED);
  store.write("interview:asked", { ...Object.fromEntries(recent), [id]: now });
}

/** @param {Choice} choice */
function describe({ role, length, level }) {
  return `${ROLES[role]}, ${LEVELS[level].toLowerCase()}, ${length} minutes`;
}

/** "7 of 10 points". @param {(number | null)[]} grades */
function score(grades) {
  const given = grades.filter((grade) => grade !== null);
  return given.length ? `${sum(/** @type {number[]} */ (given))} of ${2 * given.length} points` : "not graded";
}

/** @param {(number | null)[]} grades */
function isWeak(grades) {
  const given = /** @type {number[]} */ (grades.filter((grade) => grade !== null));
  return given.length > 0 && sum(given) < given.length; // under half of the points
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}

/** Minutes and seconds. @param {number} milliseconds */
function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {string} name @param {string} value @param {[string, string][]} options */
function select(name, value, options) {
  const field = make("select", { class: "guide-field" },
    ...options.map(([key, text]) => make("option", { value: key, selected: key === value }, text)));
  return { field, label: make("label", {}, `${name} `, field) };
}
