// Elements made one by one: text stays text, whatever it holds.

import { addressOf, SITE } from "./cards.js";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties] `class`, `role`, `aria-…`, `data-…` and `for` become attributes,
 *   `on…` listeners, the rest properties
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (/^(class|role|for)$|-/.test(name)) element.setAttribute(name, value);
    else /** @type {any} */ (element)[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} text @param {() => void} action @param {Record<string, any>} [properties] */
export function button(text, action, properties = {}) {
  return make("button", { type: "button", class: "guide-button", onclick: action, ...properties }, text);
}

// What the guide's own pages are made of: text, code, tables, figures, and KaTeX's MathML, spans and roots.
const TAGS = new Set(`a abbr annotation b blockquote br code dd details div dl dt em figcaption figure h3 h4 hr i
  img kbd li line math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub
  msubsup msup mtable mtd mtext mtr munder munderover ol p path pre s semantics small span strong sub summary
  sup svg table tbody td th thead tr ul var`.split(/\s+/));
const ATTRIBUTES = new Set(`accent accentunder alt aria-hidden aria-label class colspan columnalign columnspacing d
  display displaystyle encoding fence height href lspace mathvariant maxsize minsize preserveaspectratio rowspacing
  rowspan rspace scriptlevel separator span src stretchy style title viewbox voffset width xmlns`.split(/\s+/));

/**
 * HTML that the build took from the guide's own pages, as nodes. Not for anything a reader brings:
 * the filter is a second lock behind the build, and refuses scripts, forms, frames and listeners.
 * @param {string} text
 */
export function ownHtml(text) {
  const parsed = new DOMParser().parseFromString(text, "text/html");
  for (const element of [...parsed.body.querySelectorAll("*")]) {
    if (!TAGS.has(element.localName)) {
      element.remove();
      continue;
    }
    for (const { name, value } of [...element.attributes]) {
      const allowed = ATTRIBUTES.has(name.toLowerCase()) && (name !== "style" || element.closest(".katex"));
      if (!allowed) element.removeAttribute(name);
      else if (name === "href" || name === "src") resolve(element, name, value);
    }
  }
  const fragment = document.createDocumentFragment();
  for (const node of [...parsed.body.childNodes]) fragment.append(document.importNode(node, true));
  return fragment;
}

/** Addresses count from the site's root. @param {Element} element @param {string} name @param {string} value */
function resolve(element, name, value) {
  const url = new URL(value, SITE);
  if (url.protocol === SITE.protocol && url.origin === SITE.origin) element.setAttribute(name, addressOf(value));
  else if (url.protocol !== "https:") element.removeAttribute(name);
}

/** Offer text as a file. @param {string} name @param {string} type @param {string} text */
export function download(name, type, text) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** "1 card", "2 cards". @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
