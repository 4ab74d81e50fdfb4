// What a reader without a mouse needs beyond what the browser gives: keys for labels that act as buttons
// (guide/accessibility.py), and a stop at what scrolls sideways.

const SCROLLERS = "article :is(div.arithmatex, .md-typeset__scrollwrap, pre > code, .guide-output pre, .guide-figure, "
  + "p.guide-output)";

let listening = false;
/** Looks again when a window or a phone is turned; one for the page, so that nothing is watched twice. */
const observer = new ResizeObserver((entries) => entries.forEach(({ target }) => setFocusable(target)));

/** @param {ParentNode} root */
export function mount(root) {
  if (!listening) document.addEventListener("keydown", pressLabel);
  listening = true;
  observer.disconnect();
  for (const element of root.querySelectorAll(SCROLLERS)) observer.observe(element);
}

/** @param {Element} element what may be wider than its place */
function setFocusable(element) {
  // Only what scrolls is a stop: a page of formulas that fit would be a hundred stops for nothing.
  if (element.scrollWidth > element.clientWidth + 1) element.setAttribute("tabindex", "0");
  else element.removeAttribute("tabindex");
}

/** @param {KeyboardEvent} event */
function pressLabel(event) {
  const button = /** @type {HTMLElement} */ (event.target);
  if ((event.key !== " " && event.key !== "Enter") || !button.matches?.('label > [role="button"]')) return;
  event.preventDefault(); // the space bar would scroll
  button.click();
}
