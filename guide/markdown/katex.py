"""TeX to HTML with MathML, by KaTeX inside a small JavaScript engine: no Node, no script in the page."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import quickjs

from guide import kept
from guide.faults import Fault, GuideError

KATEX = Path(__file__).parent.parent / "web" / "node_modules" / "katex" / "dist" / "katex.min.js"

# The one table of macros of the whole guide.
MACROS = {
    r"\R": r"\mathbb{R}",
    r"\E": r"\mathbb{E}",
    r"\Var": r"\operatorname{Var}",
    r"\Cov": r"\operatorname{Cov}",
    r"\softmax": r"\operatorname{softmax}",
    r"\argmax": r"\operatorname*{arg\,max}",
    r"\argmin": r"\operatorname*{arg\,min}",
    r"\norm": r"\left\lVert #1 \right\rVert",
    r"\T": r"^{\mathsf{T}}",
}


class TexError(ValueError):
    """KaTeX does not understand a formula; the message is its own."""


@functools.cache
def _engine() -> quickjs.Context:
    _recipe()
    context = quickjs.Context()
    context.eval(KATEX.read_text(encoding="utf-8"))
    options = {
        "output": "htmlAndMathml",
        "throwOnError": True,
        "strict": "error",
        "maxExpand": 200,  # a macro that calls itself stops here
        "macros": MACROS,
    }
    # Results leave as JSON, because the engine cannot hand over JavaScript's rope strings.
    context.eval(f"const OPTIONS = {json.dumps(options)};" + r"""
        // Without this, KaTeX would print the name of the command in red and go on.
        OPTIONS.trust = context => {
            throw new Error(`${context.command} is not allowed: put links and pictures outside the formula`);
        };
        function render(tex, display) {
            try {
                const options = {...OPTIONS, macros: {...OPTIONS.macros}, displayMode: display};
                return JSON.stringify({html: katex.renderToString(tex, options)});
            } catch (error) {
                return JSON.stringify({error: String(error.message)});
            }
        }""")
    return context


def _recipe() -> str:
    if not KATEX.exists():
        raise GuideError(Fault("guide/web", 0, "KaTeX is missing: run `python3 -m guide.install site`"))
    return kept.recipe(("quickjs-ng",), (KATEX, __file__))


@functools.lru_cache(maxsize=20_000)
def render(tex: str, display: bool) -> str:
    """HTML for the eye and MathML for the ear of one formula.

    Raises:
        TexError: If KaTeX rejects the formula.
    """
    tex = tex.strip()
    result = json.loads(kept.text(lambda: _engine().get("render")(tex, display), tex, str(display),
                                  recipe=_recipe()))
    if "error" in result:
        reason = re.sub(r"^KaTeX parse error: ", "", result["error"])
        raise TexError(reason.replace("\n", " "))
    return result["html"]
