// The page's one Python: a worker that starts with the first job and is replaced when it is stopped or dies.

/**
 * @typedef {{error: string}} RunResult
 * @typedef {{test: string, sentence: string, kept: boolean, message: string}} Promised
 * @typedef {{error: string, promises: Promised[], solved: boolean}} GradeResult
 * @typedef {{kind: "done", result: any, milliseconds: number} | {kind: "stopped"} | {kind: "failed", message: string}
 *   } Outcome
 * @typedef {object} Listener
 * @property {Element} element the place on the page that the job belongs to
 * @property {(loaded: number, total: number) => void} progress bytes of the download
 * @property {() => void} ready Python has started
 * @property {(stream: string, text: string) => void} output
 * @property {(limit: number) => void} cut there was more output than is shown
 * @property {(promise: Promised) => void} [promise] one promise is graded
 */

/** @type {Worker | null} */
let worker = null;
let ready = false;
let jobs = 0;
/** @type {{id: number, request: any, on: Listener, settle: (outcome: Outcome) => void} | null} */
let job = null;

/** Whether a job is running or waiting for Python to start. */
export function isBusy() {
  return job !== null;
}

/**
 * Run or grade; see `answer` in grade.py for the requests. One job at a time.
 * @param {any} request
 * @param {Listener} on
 * @returns {Promise<Outcome>}
 */
export function submit(request, on) {
  if (job) {
    return Promise.resolve({ kind: "failed", message: "Python is busy with other code of this page: stop that first." });
  }
  return new Promise((resolve) => {
    const settle = (/** @type {Outcome} */ outcome) => {
      job = null;
      resolve(outcome);
    };
    job = { id: ++jobs, request, on, settle };
    if (ready) send();
    else if (!worker) start();
  });
}

/** End the job, whatever it is doing, and get a fresh Python ready for the next. */
export function stop() {
  if (!job) return;
  const { settle } = job;
  const running = ready; // else Python is still starting and may go on with that
  if (running) end();
  settle({ kind: "stopped" });
  if (running) start();
}

function send() {
  if (!job || !worker) return;
  job.on.ready();
  worker.postMessage({ type: "work", id: job.id, request: job.request });
}

function end() {
  worker?.terminate();
  worker = null;
  ready = false;
}

function start() {
  const mine = new Worker(new URL("python-worker.js", import.meta.url), { type: "module" });
  worker = mine;
  const lock = `guide-python-${Math.random().toString(36).slice(2)}`;
  mine.onmessage = ({ data }) => {
    if (worker !== mine) return; // replaced meanwhile
    if (data.type === "locked") watch(mine, lock);
    else if (data.type === "progress") job?.on.progress(data.loaded, data.total);
    else if (data.type === "output") job?.on.output(data.stream, data.text);
    else if (data.type === "cut") job?.on.cut(data.limit);
    else if (data.type === "promise") job?.on.promise?.(data.promise);
    else if (data.type === "failed") fail(mine, data.message);
    else if (data.type === "ready") {
      ready = true;
      send();
    } else if (data.type === "done" && data.id === job?.id) {
      job?.settle({ kind: "done", result: data.result, milliseconds: data.milliseconds });
    }
  };
  mine.onerror = (event) => {
    event.preventDefault(); // told on the page
    fail(mine, "Python could not start: its script did not load. Check your connection, then press the button again.");
  };
  mine.postMessage({ type: "start", lock });
}

/**
 * The worker holds a lock as long as it lives; to get it means that the worker is gone.
 * @param {Worker} mine @param {string} lock
 */
function watch(mine, lock) {
  navigator.locks.request(lock, () => fail(mine, "The browser ended Python, often for want of memory. "
    + "Press the button again to start it afresh."));
}

/** @param {Worker} mine @param {string} message */
function fail(mine, message) {
  if (worker !== mine) return;
  end();
  job?.settle({ kind: "failed", message });
}

// Material replaces the article without leaving the page: a job whose place is gone has nobody to tell.
/** @type {any} */ (globalThis).document$?.subscribe(() => {
  if (job && !job.on.element.isConnected) stop();
});
