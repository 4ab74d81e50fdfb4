// The book's formulas: TeX to SVG outside a browser, called by guide/book/formulas.py.
// The TeX font is whole; the default font loads rare glyphs while it runs, and nobody waits for them.
import {liteAdaptor} from "@mathjax/src/mjs/adaptors/liteAdaptor.js";
import {RegisterHTMLHandler} from "@mathjax/src/mjs/handlers/html.js";
import {TeX} from "@mathjax/src/mjs/input/tex.js";
import "@mathjax/src/mjs/input/tex/base/BaseConfiguration.js";
import "@mathjax/src/mjs/input/tex/ams/AmsConfiguration.js";
import "@mathjax/src/mjs/input/tex/boldsymbol/BoldsymbolConfiguration.js";
import "@mathjax/src/mjs/input/tex/cancel/CancelConfiguration.js";
import "@mathjax/src/mjs/input/tex/color/ColorConfiguration.js";
import "@mathjax/src/mjs/input/tex/configmacros/ConfigMacrosConfiguration.js";
import "@mathjax/src/mjs/input/tex/mathtools/MathtoolsConfiguration.js";
import "@mathjax/src/mjs/input/tex/newcommand/NewcommandConfiguration.js";
import "@mathjax/src/mjs/input/tex/textmacros/TextMacrosConfiguration.js";
import {mathjax} from "@mathjax/src/mjs/mathjax.js";
import {SVG} from "@mathjax/src/mjs/output/svg.js";
import {MathJaxTexFont} from "@mathjax/mathjax-tex-font/mjs/svg.js";

const PACKAGES = ["base", "ams", "boldsymbol", "cancel", "color", "configmacros", "mathtools", "newcommand",
  "textmacros"];
const adaptor = liteAdaptor();
RegisterHTMLHandler(adaptor);
const output = new SVG({fontData: MathJaxTexFont, fontCache: "none", linebreaks: {inline: false}});

/**
 * @param {string} tex
 * @param {boolean} display
 * @param {Record<string, string | [string, number]>} macros
 * @returns {string} JSON with `svg` or `error`
 */
globalThis.render = (tex, display, macros) => {
  try {
    // Everything anew for each formula: a `\newcommand` in one of them must not reach the next.
    const formatError = (_, error) => { throw error; };
    const input = new TeX({packages: PACKAGES, macros: {...macros}, formatError});
    const page = mathjax.document("", {InputJax: input, OutputJax: output});
    const node = page.convert(tex, {display, em: 16, ex: 8, containerWidth: 1e6});
    return JSON.stringify({svg: adaptor.innerHTML(node)});
  } catch (error) {
    return JSON.stringify({error: String(error.message ?? error)});
  }
};
