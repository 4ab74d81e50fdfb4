// The editor of the pages: CodeMirror with Python, in the colors of the page's own code.
// Bundled by guide/install.py; a page loads it on the first Edit and not before.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--md-code-hl-keyword-color)" },
  { tag: [tags.bool, tags.null, tags.self], color: "var(--md-code-hl-constant-color)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--md-code-hl-string-color)" },
  { tag: tags.number, color: "var(--md-code-hl-number-color)" },
  { tag: tags.comment, color: "var(--md-code-hl-comment-color)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)],
    color: "var(--md-code-hl-function-color)" },
  { tag: tags.operator, color: "var(--md-code-hl-operator-color)" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--md-code-fg-color)", backgroundColor: "var(--md-code-bg-color)", borderRadius: "0.25rem" },
  "&.cm-focused": { outline: "2px solid var(--md-accent-fg-color)" },
  ".cm-scroller": { fontFamily: "var(--md-code-font-family)", fontSize: "0.72rem", lineHeight: "1.55", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--md-code-fg-color)", padding: "0.6rem 0" },
  ".cm-gutters": { color: "var(--guide-muted)", backgroundColor: "transparent", border: "0" },
  ".cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--guide-muted)" },
});

/**
 * Puts an editor into a shadow root, where its styles need no exception from the page's security policy.
 * @param {{parent: ShadowRoot, text: string, label: string, firstLine?: number,
 *   onChange: (text: string) => void, keys: Record<string, () => void>}} options
 */
export function createEditor({ parent, text, label, firstLine = 1, onChange, keys }) {
  const shortcuts = Object.entries(keys).map(([key, action]) => ({ key, run: () => (action(), true) }));
  const view = new EditorView({
    parent,
    root: parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([...shortcuts, ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        lineNumbers({ formatNumber: (number) => String(number + firstLine - 1) }),
        history(), closeBrackets(), bracketMatching(), indentOnInput(), highlightSpecialChars(),
        python(), indentUnit.of("    "), syntaxHighlighting(colors), theme,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    /** @param {string} text */
    replace: (text) => {
      const { anchor } = view.state.selection.main;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: Math.min(anchor, text.length) },
      });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
