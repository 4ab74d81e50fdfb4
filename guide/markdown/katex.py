"""TeX to HTML with MathML, by KaTeX inside a small JavaScript engine: no Node, no script in the page."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from xml.etree import ElementTree

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


MATHML = re.compile(r'<math xmlns="http://www.w3.org/1998/Math/MathML"(?P<rest>.*?</math>)', re.DOTALL)
# How many children those elements of MathML have that give each child a place of its own.
PLACES = dict.fromkeys(["mfrac", "mover", "mroot", "msub", "msup", "munder"], 2)
PLACES |= {"msubsup": 3, "munderover": 3}
APPLICATION = "\N{FUNCTION APPLICATION}"


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
        "maxSize": 50,  # a rule of thousands of em would cover the page
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
    return MATHML.sub(_mended, result["html"], count=1)


def _mended(match: re.Match) -> str:
    r"""KaTeX's MathML as the standard has it; what breaks it is read out without its place in the formula.

    A name such as ``\max`` is two elements, also where MathML has a place for one: ``x_{\max}``. And the
    letters of ``\bmod`` are elements inside an operator, which holds text alone.
    """
    if APPLICATION not in match[0] and not re.search("<mo[^>]*><", match[0]):
        return match[0]
    root = ElementTree.fromstring(f"<math{match['rest']}")
    for element in root.iter():
        if element.tag == "mo" and len(element):
            text = "".join(element.itertext())
            del element[:]
            element.text = text
        if len(element) > PLACES.get(element.tag, len(element)):
            children = list(element)
            element[:] = []
            for child in children:
                if child.tag == "mo" and child.text == APPLICATION:
                    name = element[-1]
                    element[-1] = ElementTree.Element("mrow")
                    element[-1].extend([name, child])
                else:
                    element.append(child)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    return text.replace("<math", '<math xmlns="http://www.w3.org/1998/Math/MathML"', 1)
