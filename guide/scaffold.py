"""`make new`: the files of an answer, each where it belongs and already sound.

What is written passes every check, so that a contributor starts from green. The sentences to
replace say so, begin with the same words, and keep a test of the whole guide red until they are gone.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from guide import files, syllabus
from guide.faults import Fault, GuideError, did_you_mean

TO_WRITE = "To write:"  # tests/guide/test_drafts.py looks for it
PAGE = '''\
---
title: {title}
description: "{to_write} one sentence of 40 to 160 characters for search engines and link previews."
answers: [{name}]
level: core
asked: sometimes
aliases: []
---

# {question}

!!! abstract "Say this first"

    {to_write} what you would say aloud in the first minute. Answer in the first sentence, then
    explain. Say the mechanism, the number that matters and the condition under which it
    holds, in 40 to 120 words that are complete and correct on their own: this becomes the
    flashcard and the mock interview's model answer.

## Why

{to_write} the problem, before its solution, in words that a newcomer follows.

## The mechanism

{to_write} the derivation or the architecture, every symbol with its shape, such as $x$ of shape
$(N, D)$.

## Worked numbers

{to_write} numbers small enough to check by hand. The snippet prints them.

## Code

```python
--8<-- "{topic}/{name}.py:{name}"
```

## Common mistakes

{to_write} what goes wrong beside what is right.

## What they ask next

??? question "{to_write} the first thing they ask next?"

    {to_write} its answer.

??? question "{to_write} the second?"

    {to_write} its answer.

??? question "{to_write} one where a senior candidate would go?"

    {to_write} its answer.
'''
SNIPPET = '''\
"""{to_write} what this computes, and the paper with its address."""

import numpy as np


# --8<-- [start:{name}]
def {name}(x: np.ndarray) -> np.ndarray:
    """{to_write} what it computes. This stand-in doubles its input.

    Args:
        x: Input of shape (N, D).

    Returns:
        Twice the input, of shape (N, D).

    Raises:
        ValueError: If ``x`` has another number of dimensions than two.

    >>> {name}(np.array([[1.0, 2.0]]))
    array([[2., 4.]])
    """
    if x.ndim != 2:
        raise ValueError(f"x has {{x.ndim}} dimensions, not two")
    return 2.0 * x
# --8<-- [end:{name}]


if __name__ == "__main__":
    print({name}(np.array([[1.0, 2.0]])))
'''
TEST = '''\
"""{to_write} what the code promises, in one sentence."""

import numpy as np

from snippets.{topic}.{name} import {name}


def test_every_element_is_doubled():
    x = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
    assert np.array_equal({name}(x), [[2.0, -4.0, 1.0], [0.0, 6.0, -2.0]])


def test_wrong_number_of_dimensions_is_refused():
    try:
        {name}(np.zeros(3))
    except ValueError as error:
        assert "dimensions" in str(error)
    else:
        raise AssertionError("an array of one dimension was taken")
'''
REFERENCE = '''\
---
title: "Reference: {words}"
description: "Functions and classes behind the answers on {words}: shapes, units, errors, sources."
---

# Reference: {words}

<!-- reference topic={topic} -->
'''


def new(root: Path, topic: str, name: str, question: str) -> list[str]:
    """Write the files of a new answer; all of them or none.

    Args:
        root: The project's folder.
        topic: A topic of docs/syllabus.yml.
        name: The answer's slug, which becomes its files' name and its address.
        question: The question as it is asked; needed only where docs/syllabus.yml has none yet.

    Returns:
        The paths written or changed, from the project's root.

    Raises:
        GuideError: Saying what is wrong, with nothing written.
    """
    promised = syllabus.load(root)
    question = _question(promised, topic, name, question)
    words = {"topic": topic, "name": name, "question": question, "to_write": TO_WRITE,
             "title": name.replace("_", " ").capitalize(), "words": topic.replace("_", " ")}
    texts = {
        f"docs/{topic}/{name}.md": PAGE.format(**words),
        f"snippets/{topic}/{name}.py": SNIPPET.format(**words),
        f"tests/{topic}/test_{name}.py": TEST.format(**words),
    }
    taken = [path for path in texts if (root / path).exists()]
    if taken:
        cure = "exists already: change it, or choose another name"
        raise GuideError(*(Fault(path, 0, cure) for path in taken))
    navigation = add_to_navigation(files.read(root, "mkdocs.yml"), topic, f"{topic}/{name}.md")
    reference = f"reference/{topic}.md"
    if not (root / "docs" / reference).exists():
        texts[f"docs/{reference}"] = REFERENCE.format(**words)
        navigation = add_to_navigation(navigation, "reference", reference)
    if name not in promised.questions:
        text = files.read(root, syllabus.PATH)
        texts[syllabus.PATH] = add_to_syllabus(text, topic, name, question)
    texts["mkdocs.yml"] = navigation
    _write(root, texts)
    return list(texts)


def _question(promised: syllabus.Syllabus, topic: str, name: str, question: str) -> str:
    """The question that the new page answers."""
    if topic not in promised.topics:
        cure = did_you_mean(topic, promised.topics) or f": use one of {', '.join(promised.topics)}"
        raise GuideError(Fault("make new", 0, f"topic `{topic}` is not in {syllabus.PATH}{cure}"))
    if not syllabus.NAME.match(name):
        raise GuideError(Fault("make new", 0, f"name `{name}`: use lower-case letters, digits and `_`, "
                                              "such as `label_smoothing`"))
    known = promised.questions.get(name)
    if known and known.topic != topic:
        raise GuideError(Fault("make new", 0, f"`{name}` belongs to the topic `{known.topic}`: "
                                              f"make new topic={known.topic} name={name}"))
    if known:
        return known.text
    if not question.strip():
        example = f'make new topic={topic} name={name} question="Why …?"'
        raise GuideError(Fault("make new", 0, f"`{name}` is not in {syllabus.PATH} yet: "
                                              f"say what is asked, as in {example}"))
    return question.strip()


def add_to_navigation(text: str, section: str, page: str) -> str:
    """mkdocs.yml with a page at the end of its topic's list; everything else stays as it is.

    >>> nav = "nav:\\n  - Data:\\n      - data/index.md\\n"
    >>> print(add_to_navigation(nav, "data", "data/shift.md"), end="")
    nav:
      - Data:
          - data/index.md
          - data/shift.md
    """
    lines = text.split("\n")
    place = rf"{re.escape(section)}/[^/]+\.(?:md|ipynb)"
    entry = re.compile(rf"(?P<indent>\s*)- (?:[^:]+: )?['\"]?{place}['\"]?\s*$")
    found = [(number, match["indent"]) for number, line in enumerate(lines) if (match := entry.match(line))]
    if not found:
        raise GuideError(Fault("mkdocs.yml", 0, f"has no page of `{section}` in its nav: "
                                                f"list `{section}/index.md` there first"))
    last, indent = found[-1]
    return "\n".join([*lines[: last + 1], f"{indent}- {page}", *lines[last + 1 :]])


def add_to_syllabus(text: str, topic: str, name: str, question: str) -> str:
    """docs/syllabus.yml with a question at the end of its topic.

    >>> before = "data:\\n  shift: What is shift?\\n"
    >>> print(add_to_syllabus(before, "data", "drift", "What is drift: a shift?"), end="")
    data:
      shift: What is shift?
      drift: "What is drift: a shift?"
    """
    lines = text.split("\n")
    start = next(number for number, line in enumerate(lines) if re.match(rf"{re.escape(topic)}:", line))
    end = next((n for n in range(start + 1, len(lines)) if re.match(r"\S", lines[n])), len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    quoted = question.replace("\\", "\\\\").replace('"', '\\"')
    shown = f'"{quoted}"' if re.search(r"""[:#"'\\{}\[\]&*!|>%@`]|^[-?]""", question) else question
    return "\n".join([*lines[:end], f"  {name}: {shown}", *lines[end:]])


def _write(root: Path, texts: dict[str, str]) -> None:
    """Write all files; what was there comes back if one of them cannot be written."""
    before = {path: (root / path).read_bytes() if (root / path).exists() else None for path in texts}
    try:
        for path, text in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        for path, content in before.items():
            if content is None:
                with contextlib.suppress(OSError):  # where nothing could be written, nothing is to be removed
                    (root / path).unlink()
            else:
                (root / path).write_bytes(content)
        raise GuideError(Fault(str(error.filename), 0, f"cannot be written ({error.strerror}): "
                                                       "nothing was changed")) from None
