"""The smallest project that keeps every rule, for tests that break one."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from guide.pages import ASKED, LEVELS

ROOT = Path(__file__).resolve().parent.parent.parent

FILES = {
    "mkdocs.yml": """\
site_name: Minimal
site_url: !ENV [GUIDE_SITE, "https://example.org/"]
nav:
  - index.md
  - Training:
      - training/index.md
      - training/clipping.md
  - Data:
      - data/index.md
      - data/leakage.md
  - Reference:
      - reference/training.md
  - Elsewhere: https://example.org/
""",
    "docs/syllabus.yml": """\
training:
  clipping: Do you clip gradients by value or by norm?
  clipping_value: When is clipping by value right?
  momentum: What does momentum do?

data:
  leakage: What is leakage?
""",
    "docs/references.yml": """\
pascanu2013:
  authors: [Pascanu, Mikolov, Bengio]
  title: On the difficulty of training recurrent neural networks
  year: 2013
  venue: ICML
  arxiv: "1211.5063"
""",
    "docs/index.md": """\
---
title: Minimal
description: The smallest project that keeps every rule of the guide.
hide: [navigation]
---

# Minimal

<!-- topics -->
""",
    "docs/training/index.md": """\
---
title: Training
description: Everything that is asked about training, in a sensible order.
---

# Training

<!-- questions topic=training -->
""",
    "docs/training/clipping.md": """\
---
title: Gradient clipping
description: Clip by the joint norm, which keeps the direction of the step.
answers: [clipping, clipping_value]
level: core
asked: often
aliases: [clip_grad_norm, 3D]
roles: [vision]
prerequisites: [data/leakage]
---

# Do you clip gradients by value or by norm?

!!! abstract "Say this first"

    By norm. Clipping by norm scales all gradients by the same factor, so the step
    keeps its direction and only its length is bounded; clipping by value changes each
    element alone and turns the step. Take the norm over all parameters together. A
    bound of $1$ is a common start; log how often it acts.

## Why

One step on a cliff of the loss throws away what a thousand steps have learned.

## The mechanism

With the gradient $g$ and the bound $c$, scale by $\\min(1, c / \\norm{g})$ [@pascanu2013]:

$$
\\hat g = g \\min\\left(1, \\frac{c}{\\norm{g}}\\right)
$$

![The clipped gradient is shorter and points the same way](clipping.svg)

## When is clipping by value right? { #clipping_value }

When single elements explode and the rest is sound.

## Code

```python
--8<-- "training/clipping.py:norm"
```

```text
0.6 0.8
```

## Common mistakes

Clipping each layer by a norm of its own.

## What they ask next

??? question "Does `clip_grad_norm_` clip before or after the step?"

    Before it.

??? question "What if the norm is infinite?"

    Skip the step.

??? question "Which bound?"

    The 90th percentile of the norms of a healthy run.

## Sources

- [@pascanu2013]: the cliff, and clipping by norm.
""",
    "docs/training/clipping.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>\n",
    "docs/data/index.md": """\
---
title: Data
description: Everything that is asked about data, in a sensible order.
---

# Data

<!-- questions topic=data -->
""",
    "docs/data/leakage.md": """\
---
title: Leakage
description: What a model sees in training and will not see when it is used.
answers: [leakage]
level: warm-up
asked: sometimes
aliases: []
---

# What is leakage?

!!! abstract "Say this first"

    Leakage is information in training that will not be there when the model is used.
    Rows of one patient in both splits, a scaler that was fitted on all data, a column
    that was filled in after the outcome. Scores look too good until the model is used.
    Split first, by group or by time.

## What they ask next

??? question "How do you find it?"

    Train on one column at a time.

??? question "How do you prevent it?"

    Split first.

??? question "Does cross-validation help?"

    Only if the folds follow the groups.
""",
    "docs/reference/training.md": """\
---
title: "Reference: training"
description: "Functions behind the answers on training: shapes, units, errors."
---

# Reference: training

<!-- reference topic=training -->
""",
    "snippets/training/clipping.py": '''\
"""Clip gradients by their joint norm: https://arxiv.org/abs/1211.5063."""

import math


# --8<-- [start:norm]
def clip_by_norm(grads: list[float], bound: float) -> list[float]:
    """Scale all gradients so that their norm is at most ``bound``."""
    norm = math.sqrt(sum(grad * grad for grad in grads))
    scale = min(1.0, bound / max(norm, 1e-12))
    return [scale * grad for grad in grads]
# --8<-- [end:norm]


if __name__ == "__main__":
    print(*clip_by_norm([3.0, 4.0], 1.0))
''',
    "snippets/training/clipping_figure.py": '''\
"""The clipped gradient beside the one that was measured."""


def figure():
    raise NotImplementedError("checks do not draw")
''',
    "tests/training/test_clipping.py": '''\
"""Clipping bounds the length and keeps the direction."""

from snippets.training.clipping import clip_by_norm


def test_long_gradient_is_cut_to_the_bound():
    x, y = clip_by_norm([3.0, 4.0], 1.0)
    assert abs(x - 0.6) < 1e-12
    assert abs(y - 0.8) < 1e-12
''',
}


class Project:
    """A project in a folder of its own, with the few edits that a contributor makes."""

    def __init__(self, root: Path):
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.read(name)
        assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
        self.write(name, text.replace(old, new))

    def append(self, name: str, text: str) -> None:
        self.write(name, self.read(name) + text)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def add_page(self, name: str, text: str) -> None:
        """A page that is not in the minimal project, with its place in the navigation."""
        self.write(f"docs/{name}", text)
        self.replace("mkdocs.yml", "  - index.md\n", f"  - index.md\n  - {name}\n")

    def notebook(self, **changes) -> dict:
        """A valid notebook that answers `momentum`, with changes to its first code cell."""
        cell = {"cell_type": "code", "source": ["print(1)"], "execution_count": 1, "metadata": {},
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1\n"]}], **changes}
        front = {"title": "Momentum", "description": "What momentum does at saddle points and in ravines.",
                 "answers": ["momentum"], "level": "core", "asked": "rare", "aliases": []}
        heading = {"cell_type": "markdown", "source": "# What does momentum do?", "metadata": {}}
        return {"cells": [heading, cell], "metadata": {"guide": front}, "nbformat": 4, "nbformat_minor": 4}

    def add_notebook(self, **changes) -> None:
        self.add_page("training/momentum.ipynb", json.dumps(self.notebook(**changes), indent=1))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A fresh copy of the minimal project."""
    return Project(tmp_path)


@pytest.fixture(autouse=True)
def fresh_recursion_limit():
    """The limit that a command starts with; libraries that other tests import raise it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000)
    yield
    sys.setrecursionlimit(before)


LEVEL_HEADINGS = "".join(f"## {name} {{ #level-{name} }}\n\n" for name in LEVELS)
ASKED_HEADINGS = "".join(f"## {name} {{ #asked-{name} }}\n\n" for name in ASKED)
QUESTIONS = f"""\
---
title: Every question
description: Every question of the guide by level and by how often it is asked.
---

# Every question

{LEVEL_HEADINGS}
{ASKED_HEADINGS}
"""


@pytest.fixture
def buildable(project, monkeypatch):
    """The minimal project under the guide's own mkdocs.yml, with an old site/ in place."""
    from guide import build, notebooks  # only here: they load the book and what else the site is made with

    ours = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    settings = ours[: ours.index("\nnav:") + 1]
    nav = project.read("mkdocs.yml")
    project.write("mkdocs.yml", settings + nav[nav.index("nav:") :])
    shutil.copytree(ROOT / "guide" / "theme", project.root / "guide" / "theme")
    project.add_page("questions.md", QUESTIONS)  # where level and frequency of an answer link to
    project.write("site/index.html", "the old site")
    monkeypatch.chdir(project.root)
    # What the other steps write is tested where they are; here they would need the whole guide.
    monkeypatch.setattr(build, "STEPS", [("notebook pages", notebooks.finish)])
    return project
