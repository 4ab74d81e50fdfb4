// What the reader's browser remembers: drafts, solved exercises, flashcards, interviews.
//
// Values are JSON under "guide:<name>" in localStorage. Storage that is full, forbidden
// (private windows) or damaged never breaks a page: values then live in memory until the
// page is left, `isPersistent()` says so, and damaged text is kept aside, not overwritten.

const PREFIX = "guide:";

/** @type {Map<string, string>} */
const memory = new Map();
/** @type {Map<string, Set<(value: any) => void>>} */
const listeners = new Map();
let persistent = canPersist();

function canPersist() {
  try {
    localStorage.setItem(`${PREFIX}probe`, "1");
    localStorage.removeItem(`${PREFIX}probe`);
    return true;
  } catch {
    return false;
  }
}

/** Whether what is written now will still be there tomorrow. */
export function isPersistent() {
  return persistent;
}

/**
 * The value stored under a name.
 * @template T
 * @param {string} name
 * @param {T} fallback returned when there is nothing, or nothing of use
 * @param {(value: any) => boolean} [isValid] refuses foreign or damaged values
 * @returns {T}
 */
export function read(name, fallback, isValid = () => true) {
  const text = readText(name);
  if (text === null) return fallback;
  try {
    const value = JSON.parse(text);
    if (isValid(value)) return value;
  } catch {
    // falls through to the damaged case
  }
  setAside(name, text);
  return fallback;
}

/**
 * Store a value and tell every listener, in this tab and in others.
 * @param {string} name
 * @param {any} value anything JSON can hold
 * @returns {boolean} whether it will survive the page
 */
export function write(name, value) {
  const text = JSON.stringify(value);
  let kept = false;
  try {
    localStorage.setItem(PREFIX + name, text);
    memory.delete(name);
    kept = true;
  } catch {
    memory.set(name, text); // full or forbidden
  }
  persistent = kept;
  notify(name, value);
  return kept;
}

/** @param {string} name */
export function remove(name) {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // nothing was stored
  }
  notify(name, null);
}

/** Names in use that begin with a prefix. @param {string} prefix @returns {string[]} */
export function names(prefix) {
  const found = new Set([...memory.keys()]);
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX)) found.add(key.slice(PREFIX.length));
    }
  } catch {
    // memory only
  }
  return [...found].filter((name) => name.startsWith(prefix)).sort();
}

/**
 * Call back when a value changes here or in another tab.
 * @param {string} name
 * @param {(value: any) => void} listener
 * @returns {() => void} stops listening
 */
export function subscribe(name, listener) {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener));
  return () => set.delete(listener);
}

/** @param {string} name */
function readText(name) {
  if (memory.has(name)) return /** @type {string} */ (memory.get(name));
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} text */
function setAside(name, text) {
  try {
    localStorage.setItem(`${PREFIX}damaged:${name}`, text);
    localStorage.removeItem(PREFIX + name);
  } catch {
    // no room for a copy: leave the original where it is
  }
}

/** @param {string} name @param {any} value */
function notify(name, value) {
  for (const listener of listeners.get(name) ?? []) listener(value);
}

globalThis.addEventListener?.("storage", (event) => {
  if (!event.key?.startsWith(PREFIX)) return;
  const name = event.key.slice(PREFIX.length);
  try {
    notify(name, event.newValue === null ? null : JSON.parse(event.newValue));
  } catch {
    // another tab wrote something that is not ours
  }
});
