// Run, Stop, Edit and Reset at each block of code that a browser can run.

import { loadModule, withSection } from "./code.js";
import { createConsole, createSwitch, differences } from "./console.js";
import { openEditor } from "./editor.js";
import { button, make } from "./elements.js";

/** @param {ParentNode} root */
export function mount(root) {
  for (const block of root.querySelectorAll(".highlight[data-run]")) {
    if (!block.querySelector(".guide-tools")) mountBlock(/** @type {HTMLElement} */ (block));
  }
}

/** @param {HTMLElement} block */
function mountBlock(block) {
  const [name, section] = (block.dataset.snippet ?? "").split(":");
  const original = /** @type {HTMLElement} */ (block.querySelector("pre"));
  const title = block.querySelector(".filename")?.textContent ?? name;
  const panel = createConsole(`Output of ${title}, ${section}`);
  /** @type {import("./editor.js").Editor | null} */
  let editor = null;

  const run = button("Run", start, { "aria-label": `Run ${title}, ${section}` });
  const edit = button("Edit", open, { "aria-label": `Edit ${title}, ${section}` });
  const reset = button("Reset", close, { "aria-label": `Reset ${title}, ${section}`, hidden: true });
  const tools = make("div", { class: "guide-tools" }, run, edit, reset);
  const toggle = createSwitch(tools, [edit, reset]);
  block.append(tools, panel.element);
  block.classList.add("guide-mounted");

  function start() {
    return toggle.during(run, async () => {
      try {
        const module = await loadModule(name);
        await panel.run({ name: module.file, ...withSection(module, section, editor?.text()) });
        const note = differences();
        if (note) panel.element.append(note);
      } catch (error) {
        panel.say(/** @type {Error} */ (error).message, true);
      }
    });
  }

  async function open() {
    try {
      const module = await loadModule(name);
      const { first, last, indent } = module.sections[section];
      const lines = module.solution.split("\n").slice(first - 1, last).map((line) => line.slice(indent));
      editor = await openEditor({
        label: `${title}, ${section}`, text: lines.join("\n"), onChange: () => {}, keys: { "Mod-Enter": start },
        enter: "runs",
      });
    } catch (error) {
      panel.say(/** @type {Error} */ (error).message, true);
      return;
    }
    original.hidden = true;
    original.after(editor.element);
    edit.hidden = true;
    reset.hidden = false;
    editor.focus();
  }

  function close() {
    editor?.destroy();
    editor = null;
    original.hidden = false;
    reset.hidden = true;
    edit.hidden = false;
    edit.focus({ preventScroll: true });
  }
}
