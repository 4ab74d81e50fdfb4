// "Your turn": an editor with the starter, Check against the tests, and what is left to do.
// The draft and the solved state stay in the reader's browser.

import { loadModule } from "./code.js";
import { createConsole, createSwitch, differences } from "./console.js";
import { openEditor } from "./editor.js";
import { button, make } from "./elements.js";
import { isPersistent, names, read, remove, subscribe, write } from "./store.js";

const SAVE_AFTER = 200; // milliseconds without a key

/** @param {ParentNode} root */
export function mount(root) {
  for (const task of root.querySelectorAll(".guide-task[data-exercise]")) {
    if (!task.querySelector(".guide-tools")) mountTask(/** @type {HTMLElement} */ (task));
  }
}

/** @param {any} value */
const isText = (value) => typeof value === "string" && value.length < 1_000_000;
/** @param {any} value */
const isSolved = (value) => typeof value?.at === "number";

/** @param {HTMLElement} task */
function mountTask(task) {
  const name = task.dataset.exercise ?? "";
  const draftName = `draft:${name}`;
  const solvedName = `solved:${name}`;
  const draft = () => read(draftName, "", isText);

  const begin = button(draft() ? "Continue your draft" : "Write it here", open);
  const mark = make("span", { class: "guide-solved" });
  const trouble = make("p", { class: "guide-error", role: "alert" });
  const tools = make("span", { class: "guide-tools" }, begin, mark);
  task.append(tools);
  task.classList.add("guide-mounted");
  showSolved();
  const forget = subscribe(solvedName, () => (mark.isConnected ? showSolved() : forget()));

  function showSolved() {
    const solved = read(solvedName, { at: 0 }, isSolved).at;
    const day = solved && new Date(solved).toLocaleDateString("en", { dateStyle: "medium" });
    mark.textContent = day ? `✓ Solved on ${day}` : "";
  }

  async function open() {
    begin.inert = true;
    try {
      await openPanel();
    } catch (error) {
      trouble.textContent = /** @type {Error} */ (error).message;
      task.after(trouble);
      begin.inert = false;
    }
  }

  async function openPanel() {
    const module = await loadModule(name);
    const starter = module.starter ?? "";
    const before = draft();
    const damaged = names(`damaged:${draftName}`).length > 0;
    const editor = await openEditor({
      label: `your ${module.file}`,
      text: before || starter,
      onChange: changed,
      keys: { "Mod-Enter": () => check() },
      enter: "checks",
    });
    const panel = createConsole(`Output of your ${module.file}`);
    const saved = make("p", { class: "guide-help", role: "status" });
    const checkButton = button("Check", check);
    const runButton = button("Run", run);
    const resetButton = button("Reset", reset);
    const buttons = make("div", { class: "guide-tools" }, checkButton, runButton, resetButton);
    const list = make("ul", { class: "guide-promises" });
    const summary = make("p", { class: "guide-state", role: "status" });
    const toggle = createSwitch(buttons, [checkButton, runButton, resetButton]);
    const whole = make("div", { class: "guide-exercise" },
      editor.element, saved, buttons, panel.element, summary, list);
    trouble.remove();
    task.after(whole);
    begin.remove();
    editor.focus();
    if (damaged && !before) {
      saved.textContent = "A draft in your browser could not be read; it was set aside, and this is the starter.";
    }
    if (!isPersistent()) tellSaved(false);

    let timer = 0;
    let saving = false;
    let own = before || starter;

    /** @param {string} text */
    function changed(text) {
      if (text === own) return; // the change came from another tab
      own = text;
      clearTimeout(timer);
      timer = setTimeout(save, SAVE_AFTER);
    }

    function save() {
      clearTimeout(timer);
      timer = 0;
      saving = true;
      const kept = write(draftName, editor.text());
      saving = false;
      tellSaved(kept);
    }

    /** @param {boolean} kept */
    function tellSaved(kept) {
      saved.textContent = kept ? "Draft saved in this browser."
        : "Your browser keeps nothing more (its storage is full or switched off): copy your draft before you leave.";
    }

    // Two tabs: the one that is written in leads, the other follows. On leaving the page, the last keys are saved.
    const unsubscribe = subscribe(draftName, (text) => {
      if (saving || !isText(text) || text === editor.text()) return;
      own = text;
      editor.replace(text);
      saved.textContent = "Taken over from another tab.";
    });
    const leave = () => {
      if (timer) save();
      if (!whole.isConnected) {
        unsubscribe();
        removeEventListener("pagehide", leave);
        queueMicrotask(() => visits?.unsubscribe());
      }
    };
    addEventListener("pagehide", leave);
    const visits = /** @type {any} */ (globalThis).document$?.subscribe(leave);

    async function check() {
      await toggle.during(checkButton, async () => {
        summary.textContent = "";
        const waiting = (module.promises ?? []).map(({ sentence }) => item("…", "not checked yet", sentence));
        list.replaceChildren(...waiting);
        let done = 0;
        let kept = 0;
        const request = { do: "grade", code: editor.text(), tests: module.tests, module: module.module };
        const outcome = await panel.follow(request, "Checking …", (promise) => {
          const shown = promise.kept ? item("✓", "kept", promise.sentence)
            : item("✗", "broken", promise.sentence, promise.message);
          shown.classList.add(promise.kept ? "guide-kept" : "guide-broken");
          if (!promise.kept && kept === done) shown.querySelector("details")?.setAttribute("open", ""); // the first
          waiting[done++]?.replaceWith(shown);
          kept += promise.kept ? 1 : 0;
          // Which one is being checked now is what one wants to know in an endless loop.
          waiting[done]?.classList.add("guide-now");
        });
        if (outcome.kind === "stopped" && waiting[done]) {
          panel.say(`Stopped at: ${module.promises?.[done].sentence}`);
        }
        if (outcome.kind !== "done") return;
        /** @type {import("./python.js").GradeResult} */
        const { error, solved } = outcome.result;
        if (error) {
          list.replaceChildren(make("li", { class: "guide-broken" }, make("pre", { tabIndex: 0 }, error)));
          panel.say("Your code could not be checked:", true);
          return;
        }
        panel.say("");
        summary.textContent = solved ? `All ${kept} promises kept: solved.` : `${kept} of ${done} promises kept.`;
        if (solved) write(solvedName, { at: Date.now(), promises: kept });
      });
    }

    async function run() {
      await toggle.during(runButton, async () => {
        await panel.run({ code: editor.text(), name: module.file, shown: null });
        const note = differences();
        if (note) panel.element.append(note);
      });
    }

    function reset() {
      const text = editor.text();
      editor.replace(starter);
      remove(draftName);
      own = starter;
      clearTimeout(timer);
      timer = 0;
      const undo = button("Bring my draft back", () => {
        editor.replace(text);
        save();
        editor.focus();
      });
      saved.replaceChildren("The starter is back. ", undo);
    }
  }
}

/**
 * One promise of the code; words between backticks are code.
 * @param {string} sign @param {string} state @param {string} sentence @param {string} [message]
 */
function item(sign, state, sentence, message) {
  const words = sentence.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
  const line = make("span", {}, make("span", { class: "guide-sign", "aria-hidden": "true" }, sign),
    make("span", { class: "guide-unseen" }, `${state}: `), ...words);
  if (!message) return make("li", {}, line);
  return make("li", {}, make("details", {}, make("summary", {}, line), make("pre", { tabIndex: 0 }, message)));
}
