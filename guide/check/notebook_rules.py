"""Rules about notebooks: run from top to bottom, and nothing left of the machine they ran on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guide import files, pages
from guide.check.code_rules import is_network
from guide.check.file_rules import drawing_faults
from guide.check.project import Module, Project
from guide.check.text_rules import unsafe_tags
from guide.faults import Fault, shorten

OWN_PATH = re.compile(r"""(?:(?<![\w./-])|(?<=file://))
                          (?:/home/|/root/|/Users/|/tmp/|/private/|/content/|/kaggle/|/opt/conda/
                          |[A-Z]:\\\\Users) [^\s"\\]*""", re.VERBOSE)
REMOTE = re.compile(r"\ssrc(set)?\s*=\s*[\"']?\s*(https?:)?//", re.IGNORECASE)
SCRIPT_TAGS = re.compile(r"<\s*(script|iframe|object|embed|link|meta|base|form)\b", re.IGNORECASE)


CELL = re.compile(r'(?<!\\)"cell_type"\s*:')
HARMLESS_MAGIC = re.compile(r"^%(matplotlib inline|config InlineBackend.*)$", re.MULTILINE)
DOWNLOADS = re.compile(
    r"\b(fetch_\w+|load_dataset|load_state_dict_from_url|torch\.hub)\b|\bdownload\s*=\s*True")
SHOWN = {"text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/jpeg", "image/svg+xml"}


def notebooks_are_clean(project: Project) -> Iterator[Fault]:
    """A committed notebook ran from top to bottom, without an error, and carries nothing of its machine."""
    for page in project.pages:
        if page.is_notebook:
            text = files.read(project.root, page.path)
            yield from project.memory.faults(_notebook, project.root, page.path, text,
                                             content=[page.path, text])
            if (project.root / page.path).with_suffix(".md").exists():
                yield Fault(page.path, 0,
                            "has the same address as the .md file beside it: rename one of them")


def _notebook(root: Path, path: str, text: str) -> Iterator[Fault]:
    notebook = pages.read_notebook(root, path)
    starts = [text.count("\n", 0, found.start()) + 1 for found in CELL.finditer(text)]
    places = dict(enumerate(starts)) if len(starts) == len(notebook.cells) else {}
    counts = []
    for index, cell in enumerate(notebook.cells):
        line = places.get(index, 0)
        if cell.cell_type not in ("code", "markdown"):
            yield Fault(path, line,
                        f"cell {index + 1} is of the kind `{cell.cell_type}`, which no page shows: make it "
                        "Markdown or code, or remove it")
        if cell.attachments:
            yield Fault(path, line,
                        f"cell {index + 1} carries an attached file: draw the picture in a code cell")
        if cell.cell_type == "code" and cell.text.strip():
            counts.append(cell.execution_count)
            yield from _check_code(path, line, len(counts), cell.text)
            for output in cell.outputs:
                yield from _check_output(path, line, len(counts), output)
    if counts != list(range(1, len(counts) + 1)):
        yield Fault(path, 0, "was not run from top to bottom: restart the kernel, run all, save")
    kernel = notebook.metadata.get("kernelspec", {})
    if not isinstance(kernel, dict) or kernel.get("name", "python3") != "python3":
        yield Fault(path, _line(text, '"kernelspec"'),
                    "names a kernel of the machine it ran on: write `python3` as `name` of its `kernelspec`")
    if "widgets" in notebook.metadata:
        yield Fault(path, _line(text, '"widgets"'),
                    "keeps the state of widgets, which no page shows: clear it and show text or a picture")
    for line, content in enumerate(text.split("\n"), start=1):
        for match in OWN_PATH.finditer(content):
            yield Fault(path, line,
                        f"shows the path `{shorten(match[0])}` of the machine it ran on: remove it")


def _line(text: str, wanted: str) -> int:
    return text.count("\n", 0, text.index(wanted)) + 1 if wanted in text else 0


def _check_code(path: str, line: int, number: int, source: str) -> Iterator[Fault]:
    plain = HARMLESS_MAGIC.sub("", source)
    try:
        ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield Fault(path, line,
                    f"code cell {number} is not plain Python ({error}): write it without `!` and `%`, which "
                    "only the notebook's own machine understands")
        return
    imports = Module(path, plain, is_python=True).imports
    reached = next((name for name, _ in imports if is_network(name)), "")
    if found := reached or DOWNLOADS.search(plain):
        yield Fault(path, line,
                    f"code cell {number} reads the network (`{found if reached else found[0]}`): take data "
                    "that comes with a package")


def _check_output(path: str, line: int, number: int, output: dict) -> Iterator[Fault]:
    if output.get("output_type") == "error":
        yield Fault(path, line, f"code cell {number} failed with {output.get('ename')} "
                                f"({shorten(str(output.get('evalue')))}): mend it and run all cells again")
    if output.get("name") == "stderr":
        yield Fault(path, line,
                    f"code cell {number} warns ({shorten(_joined(output.get('text')))}): mend what warns "
                    "and run all cells again")
    data = output.get("data")
    if not isinstance(data, dict):
        return
    text, drawing = _joined(data.get("text/html")), _joined(data.get("image/svg+xml"))
    tags = [tag for tag in unsafe_tags(text, None) if not re.search(r"\sstyle\s*=", tag)]
    if "application/javascript" in data or SCRIPT_TAGS.search(text) or tags or REMOTE.search(text):
        yield Fault(path, line,
                    f"code cell {number} shows HTML with a script or from elsewhere: show text or a picture "
                    "instead")
    elif strange := sorted(set(data) - SHOWN):
        yield Fault(path, line,
                    f"code cell {number} shows `{strange[0]}`, which only Jupyter can draw: show text or a "
                    "picture instead")
    if drawing:
        yield from (Fault(path, line, f"code cell {number}: its picture {fault.message}")
                    for fault in drawing_faults(path, drawing))


def _joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
