// What a block of code says while it runs: one line of state, a progress bar, the output.

import { make } from "./elements.js";
import { isBusy, stop, submit } from "./python.js";

const MEGABYTE = 1_000_000;

/**
 * @param {string} label what the output is of, for those who do not see where it stands
 */
export function createConsole(label) {
  const state = make("p", { class: "guide-state", role: "status" });
  const bar = make("progress", { "aria-label": "Download of Python" });
  const caption = make("span");
  const download = make("p", { class: "guide-download", hidden: true }, bar, " ", caption);
  const printed = make("pre", { class: "guide-printed", tabIndex: 0, role: "region", "aria-label": label, hidden: true });
  const element = make("div", { class: "guide-console", hidden: true }, state, download, printed);

  /** @param {string} message @param {boolean} [isError] */
  function say(message, isError = false) {
    element.hidden = false;
    state.textContent = message;
    state.classList.toggle("guide-error", isError);
  }

  /** @param {string} stream @param {string} text */
  function print(stream, text) {
    printed.hidden = false;
    // Errors are also told by their words, not by the color alone.
    printed.append(stream === "err" ? make("span", { class: "guide-error" }, text) : text);
  }

  /**
   * Hand a job to Python and show all that comes of it but its result.
   * @param {any} request
   * @param {string} doing what the state line says meanwhile
   * @param {(promise: import("./python.js").Promised) => void} [promise]
   * @returns {Promise<import("./python.js").Outcome>}
   */
  async function follow(request, doing, promise) {
    printed.replaceChildren();
    printed.hidden = true;
    say("Starting Python …");
    const outcome = await submit(request, {
      element,
      progress(loaded, total) {
        say("Loading Python, once for this visit …");
        download.hidden = false;
        bar.max = total;
        bar.value = loaded;
        caption.textContent = `${(loaded / MEGABYTE).toFixed(1)} of ${(total / MEGABYTE).toFixed(1)} MB`;
        if (loaded >= total) say("Starting Python …");
      },
      ready() {
        download.hidden = true;
        say(doing);
      },
      output: print,
      cut: (limit) => print("err", `\n… cut after ${limit.toLocaleString("en")} characters. The program goes on; `
        + "Stop ends it.\n"),
      promise,
    });
    download.hidden = true;
    if (outcome.kind === "stopped") say("Stopped.");
    if (outcome.kind === "failed") say(outcome.message, true);
    return outcome;
  }

  /**
   * Run a module and show what it prints or where it fails.
   * @param {{code: string, name: string, shown: {name: string, first: number, last: number, indent: number} | null}} job
   */
  async function run(job) {
    const outcome = await follow({ do: "run", ...job }, "Running …");
    if (outcome.kind !== "done") return;
    /** @type {import("./python.js").RunResult} */
    const { error } = outcome.result;
    const time = milliseconds(outcome.milliseconds);
    if (error) {
      print("err", error);
      say(`Ended with an error after ${time}.`, true);
    } else if (printed.hidden) {
      say(`Ran in ${time} and printed nothing: add a print(…) to see something.`);
    } else {
      say(`Ran in ${time}.`);
    }
  }

  return { element, say, follow, run };
}

/** @param {number} time */
export function milliseconds(time) {
  return time < 1000 ? `${Math.max(1, Math.round(time))} ms` : `${(time / 1000).toFixed(1)} s`;
}

/**
 * Buttons that start a job, and Stop in their place while it runs.
 * @param {HTMLElement} tools
 * @param {HTMLElement[]} others
 */
export function createSwitch(tools, others) {
  const halt = make("button", { type: "button", class: "guide-button", hidden: true, onclick: stop }, "Stop");
  tools.prepend(halt);
  return {
    /** @param {HTMLElement} button what was pressed @param {() => Promise<void>} job */
    async during(button, job) {
      const taken = isBusy(); // then the job only says so
      if (!taken) {
        // The focus stays with who pressed: on Stop after the button, in the editor after its shortcut.
        const pressed = document.activeElement === button;
        for (const other of others) other.inert = true;
        button.hidden = true;
        halt.hidden = false;
        if (pressed) halt.focus({ preventScroll: true });
      }
      await job();
      if (taken) return;
      const focused = document.activeElement === halt;
      for (const other of others) other.inert = false;
      halt.hidden = true;
      button.hidden = false;
      if (focused && button.isConnected) button.focus({ preventScroll: true });
    },
  };
}

/** Where this Python is not the reader's own; told once a page, at the first output. */
export function differences() {
  if (document.querySelector(".guide-differences")) return null;
  return make("details", { class: "guide-fold guide-differences" },
    make("summary", {}, "This Python runs in your browser, and differs from yours in four ways"),
    make("ul", {},
      make("li", {}, "Integers have 32 bits unless you ask for more: ", make("code", {}, "np.arange(70000) ** 2"),
        " overflows in silence. Write ", make("code", {}, "dtype=np.int64"), "."),
      make("li", {}, "There are no warnings for ", make("code", {}, "np.log(0)"),
        ", a division by zero or an overflow in an array: the result is inf or nan."),
      make("li", {}, make("code", {}, "np.linalg.inv"), " of a singular matrix gives nan and raises no error."),
      make("li", {}, "A product of large matrices takes 50 to 75 times as long.")));
}
