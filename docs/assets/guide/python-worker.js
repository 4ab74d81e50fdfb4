// Python in a worker: loads Pyodide and NumPy once, then runs and grades what the page sends.
// The page ends an endless loop by ending this worker; everything in here may block.

const VENDOR = new URL("../vendor/python/", import.meta.url).href;
const GRADE = new URL("../../exercises/grade.py", import.meta.url).href;

// Output reaches the page at once, until there is much of it: then in pieces, and at last not at all,
// so that a runaway print cannot freeze the page.
const AT_ONCE = 200; // messages of one run
const PIECES = 50; // milliseconds
const LIMIT = 100_000; // characters of one run

/** @type {(request: string, report: (promise: string) => void) => string} */
let answer;

self.onmessage = async ({ data }) => {
  if (data.type === "start") await start(data.lock);
  else work(data.id, data.request);
};

/** @param {any} message */
const post = (message) => self.postMessage(message);

/** @param {string} lock */
async function start(lock) {
  await holdWhileAlive(lock);
  const download = await countDownload();
  try {
    // Pyodide waits for ever when one of its files is missing, so the first fault ends the wait.
    answer = await Promise.race([load(download.add), download.broken]);
    post({ type: "ready" });
  } catch (error) {
    post({ type: "failed", message: download.fault() ?? `Python could not start: ${lastLine(error)}.` });
  }
}

/** @param {(name: string) => void} add counts a file that is imported */
async function load(add) {
  const { loadPyodide } = await import("../vendor/python/pyodide.mjs");
  add("pyodide.mjs");
  // packageBaseUrl: without it a missing file would be looked for on Pyodide's own server.
  const python = await loadPyodide({ indexURL: VENDOR, packageBaseUrl: VENDOR, packages: ["numpy"] });
  const response = await fetch(GRADE);
  if (!response.ok) throw new Error(`grade.py did not arrive (HTTP ${response.status})`);
  python.FS.writeFile("/home/pyodide/grade.py", await response.text());
  python.setStdout(sink("out"));
  python.setStderr(sink("err"));
  return python.runPython("import numpy, grade\ngrade.answer");
}

/** @param {number} id @param {any} request */
function work(id, request) {
  printed = { messages: 0, characters: 0, cut: false, waiting: [], sent: 0 };
  const begun = performance.now();
  try {
    const result = answer(JSON.stringify(request), (promise) => post({ type: "promise", promise: JSON.parse(promise) }));
    flush();
    post({ type: "done", id, result: JSON.parse(result), milliseconds: performance.now() - begun });
  } catch (error) {
    // Python's own errors are part of the result; what comes here has taken the interpreter down.
    flush();
    post({ type: "failed", message: `Python broke down and was ended: ${lastLine(error)}.` });
  }
}

/** @param {any} error */
function lastLine(error) {
  const text = String(error?.message ?? error).trim();
  return (text.split("\n").filter((line) => line.trim()).pop() ?? "no reason was given").replace(/\.$/, "");
}

/**
 * The page asks for the same lock and gets it when this worker is gone, however it went.
 * @param {string} name
 */
function holdWhileAlive(name) {
  if (!navigator.locks) return Promise.resolve(); // an insecure address: no browser tells then
  return new Promise((held) => {
    navigator.locks.request(name, () => {
      post({ type: "locked" });
      held(undefined);
      return new Promise(() => {});
    });
  });
}

// Download

/** Counts what Pyodide fetches, for the progress bar, and remembers what went wrong, in words. */
async function countDownload() {
  const plainFetch = self.fetch.bind(self);
  /** @type {Record<string, number>} */
  let sizes = {};
  /** @type {string | undefined} */
  let fault;
  /** @type {(reason: string) => void} */
  let breakOff = () => {};
  const broken = new Promise((_, reject) => { breakOff = reject; });
  broken.catch(() => {}); // whoever waits for it hears of it
  /** @param {string} message */
  const fail = (message) => {
    fault ??= message;
    breakOff(message);
  };
  let loaded = 0;
  let told = 0;
  /** @param {number} bytes */
  const count = (bytes) => {
    loaded += bytes;
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    if (loaded < total && performance.now() - told < 100) return;
    told = performance.now();
    post({ type: "progress", loaded: Math.min(loaded, total), total });
  };

  /** @param {RequestInfo | URL} input @param {RequestInit} [init] */
  const countingFetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const name = address.split("/").pop() ?? "";
    /** @type {Response} */
    let response;
    try {
      response = await plainFetch(input, init);
    } catch (error) {
      fail(await explain(name, address, init));
      throw error;
    }
    if (!response.ok) fail(missing(name, `HTTP ${response.status}`));
    if (!(name in sizes) || !response.body) return response;
    // Pyodide imports this one, which nobody can count, and asks for the .wasm after it.
    if (name === "pyodide.asm.wasm") count(sizes["pyodide.asm.mjs"]);
    const counted = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        count(chunk.byteLength);
        controller.enqueue(chunk);
      },
    }));
    return new Response(counted, { status: response.status, headers: response.headers });
  };

  /** @param {string} name @param {string} address @param {RequestInit} [init] */
  const explain = async (name, address, init) => {
    if (!init?.integrity) return missing(name, "no answer from the server");
    const again = await plainFetch(address, { cache: "no-store" }).catch(() => null);
    if (!again?.ok) return missing(name, again ? `HTTP ${again.status}` : "no answer from the server");
    return `Python could not start: ${name} is not the file that this guide was built with (its checksum differs), `
      + "so it was refused. Reload the page; if that does not help, the server's copy is damaged.";
  };

  /** @param {string} name @param {string} reason */
  const missing = (name, reason) => `Python could not start: ${name} did not arrive (${reason}). `
    + "Check your connection, then press the button again.";

  try {
    const response = await plainFetch(`${VENDOR}sizes.json`);
    if (response.ok) sizes = await response.json();
    else fail(missing("the Python runtime", `HTTP ${response.status}`));
  } catch {
    fail(missing("the Python runtime", "no answer from the server"));
  }
  delete sizes["pyodide-lock.json"]; // 500 bytes, and not worth a word
  self.fetch = countingFetch;
  return { add: (/** @type {string} */ name) => count(sizes[name] ?? 0), fault: () => fault, broken };
}

// Output

/** @typedef {{type: "output", stream: string, text: string}} Piece */
let printed = { messages: 0, characters: 0, cut: false, waiting: /** @type {Piece[]} */ ([]), sent: 0 };

/** @param {"out" | "err"} stream */
function sink(stream) {
  const decoder = new TextDecoder();
  return {
    /** @param {Uint8Array} bytes */
    write(bytes) {
      print(stream, decoder.decode(bytes, { stream: true }));
      return bytes.length;
    },
  };
}

/** @param {string} stream @param {string} text */
function print(stream, text) {
  if (printed.cut || !text) return;
  printed.characters += text.length;
  if (printed.characters > LIMIT) {
    printed.cut = true;
    text = text.slice(0, Math.max(0, text.length - (printed.characters - LIMIT)));
  }
  const last = printed.waiting.at(-1);
  if (last?.stream === stream) last.text += text;
  else printed.waiting.push({ type: "output", stream, text });
  if (printed.cut || printed.messages < AT_ONCE || performance.now() - printed.sent > PIECES) flush();
  if (printed.cut) post({ type: "cut", limit: LIMIT });
}

function flush() {
  for (const piece of printed.waiting) post(piece);
  printed.messages += printed.waiting.length;
  printed.waiting = [];
  printed.sent = performance.now();
}
