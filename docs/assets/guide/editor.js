// The editor, loaded with the first Edit and not before.

import { make } from "./elements.js";

/**
 * @typedef {{element: HTMLElement, text: () => string, replace: (text: string) => void, focus: () => void,
 *   destroy: () => void}} Editor
 */

/**
 * @param {{label: string, text: string, onChange: (text: string) => void, keys: Record<string, () => void>,
 *   enter: string}} options `enter` says what Ctrl+Enter does
 * @returns {Promise<Editor>}
 */
export async function openEditor({ label, text, onChange, keys, enter }) {
  const { createEditor } = await import("../vendor/editor/editor.js").catch(() => {
    throw new Error("The editor did not arrive from the server. Check your connection, then press the button again.");
  });
  const host = make("div", { class: "guide-editor" });
  const help = make("p", { class: "guide-help" }, `Ctrl+Enter ${enter}. Tab indents; Esc, then Tab leaves the editor.`);
  const element = make("div", {}, host, help);
  const parent = host.attachShadow({ mode: "open" });
  const inner = createEditor({ parent, text, label: `Editor: ${label}`, onChange, keys });
  return {
    element,
    text: inner.text,
    replace: inner.replace,
    focus: inner.focus,
    destroy() {
      inner.destroy();
      element.remove();
    },
  };
}
