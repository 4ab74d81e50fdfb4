"""Rules about notebooks: run from top to bottom, and nothing left of the machine they ran on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide import files, pages
from guide.check.project import Project
from guide.check.text_rules import unsafe_tags
from guide.faults import Fault, shorten

OWN_PATH = re.compile(r"""(?:(?<![\w./-])|(?<=file://))
                          (?:/home/|/root/|/Users/|/tmp/|/private/|[A-Z]:\\\\Users) [^\s"\\]*""", re.VERBOSE)
SCRIPT_TAGS = re.compile(r"<\s*(script|iframe|object|embed|link|meta|base|form)\b", re.IGNORECASE)


def notebooks_are_clean(project: Project) -> Iterator[Fault]:
    """A committed notebook ran from top to bottom, without an error, and carries nothing of its machine."""
    for page in project.pages:
        if not page.is_notebook:
            continue
        if (project.root / page.path).with_suffix(".md").exists():
            yield Fault(page.path, 0, "has the same address as the .md file beside it: rename one of them")
        notebook = pages.read_notebook(project.root, page.path)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.text.strip()]
        for number, cell in enumerate(cells, start=1):
            for output in cell.outputs:
                yield from _check_output(page.path, number, output)
        if [cell.execution_count for cell in cells] != list(range(1, len(cells) + 1)):
            yield Fault(page.path, 0, "was not run from top to bottom: restart the kernel, run all, save")
        for line, text in enumerate(files.read(project.root, page.path).split("\n"), start=1):
            for match in OWN_PATH.finditer(text):
                yield Fault(page.path, line, f"shows the path `{shorten(match[0])}` of the machine it ran "
                                             "on: remove it")


def _check_output(path: str, number: int, output: dict) -> Iterator[Fault]:
    if output.get("output_type") == "error":
        yield Fault(path, 0, f"code cell {number} failed with {output.get('ename')} "
                             f"({shorten(str(output.get('evalue')))}): mend it and run all cells again")
    data = output.get("data")
    if not isinstance(data, dict):
        return
    shown = data.get("text/html", "")
    text = "".join(map(str, shown)) if isinstance(shown, list) else str(shown)
    tags = [tag for tag in unsafe_tags(text, None) if not re.search(r"\sstyle\s*=", tag)]
    if "application/javascript" in data or SCRIPT_TAGS.search(text) or tags:
        yield Fault(path, 0, f"code cell {number} shows HTML with a script: show text or a picture instead")
