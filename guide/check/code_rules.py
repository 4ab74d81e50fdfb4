"""Rules about code: what a page shows, and the snippets it comes from."""

from __future__ import annotations

import ast
import json
import posixpath
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from guide import snippets, syllabus
from guide.check import import_probe
from guide.check.project import Module, Project
from guide.faults import Fault, did_you_mean
from guide.pages import INCLUDE, Include
from guide.snippets import Snippet

PYTHON = {"python", "py", "python3", "py3", "python2", "py2", "pyi", "pycon", "python-console",
          "ipython", "ipython3", "numpy", "sage"}
INCLUDE_LIKE = re.compile(r"^\s*-+8<-+(\s|$)")
SNIPPETS_TOPIC = re.compile(r"\bsnippets\.(\w+)")
NETWORK = {"socket", "ssl", "http", "urllib.request", "ftplib", "smtplib", "telnetlib", "xmlrpc", "requests",
           "httpx", "aiohttp", "urllib3"}
NUMPY_ONLY = {"numpy", "snippets"}
TOUCHES_FILES = re.compile(
    r"open|(np|numpy)\.(save\w*|load\w*|fromfile|memmap)|.*\.((write|read)_(text|bytes)|tofile)")
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
IMPORT_SECONDS = 10  # for one module, its libraries not counted
WIDTH = 84  # characters of shown code that fit beside the navigation


def code_comes_from_snippets(project: Project) -> Iterator[Fault]:
    """A fence with Python is one include of a section; every fence names its language."""
    for page in project.pages:
        for fence in page.fences:
            code = [line for line in fence.lines if line.strip()]
            message = ""
            if not fence.understood:
                message = (f"fence `{fence.info.strip()}` is not understood: write ```text, "
                           'or ```text title="…"')
            elif fence.language.lower() in PYTHON and (len(code) != 1 or not INCLUDE.match(code[0])):
                message = (f"fence holds Python that no test runs: move it to a section of "
                           f'snippets/{page.topic}/ and write `--8<-- "{page.topic}/{page.stem}.py:section"`')
            elif not fence.language:
                message = "fence names no language: write ```text for output, ```python for an include"
            if message:
                yield Fault(page.path, fence.line, message)


def includes_exist(project: Project) -> Iterator[Fault]:
    """An include stands in a fence and names a section of a module inside snippets/."""
    marked = {snippet.path: snippets.section_names(project.modules[snippet.path].text)
              for snippet in project.snippets if snippet.path in project.modules}
    unreadable = {fault.path for fault in project.unreadable}
    for page in project.pages:
        for include in page.includes:
            if f"snippets/{include.file}" not in unreadable - set(marked):
                message = _explain_include(include, marked)
                if message:
                    yield Fault(page.path, include.line, message)
        for number, line in enumerate(page.visible.split("\n"), start=page.body_line):
            if INCLUDE_LIKE.match(line):
                yield Fault(page.path, number, "include stands outside a fence: put ```python above it "
                                               "and ``` below")
        for fence in page.fences:
            if fence.language.lower() in PYTHON:
                continue  # holds an include that is understood, or is a fault already
            for number, line in enumerate(fence.lines, start=fence.line + 1):
                if INCLUDE_LIKE.match(line) and not INCLUDE.match(line):
                    yield Fault(page.path, number, "include is not understood: write "
                                                   '`--8<-- "topic/stem.py:section"` on one line')


def shown_code_fits(project: Project) -> Iterator[Fault]:
    """No line of shown code is wider than what stands beside the navigation."""
    seen = set()
    for page in project.pages:
        for include in page.includes:
            module = project.modules.get(f"snippets/{include.file}")
            place = snippets.sections(module.text)[0].get(include.section or "") if module else None
            if place is None or (include.file, include.section) in seen:
                continue
            seen.add((include.file, include.section))
            lines = module.text.split("\n")[place[0] : place[1] - 1]
            shown = textwrap.dedent("\n".join(lines)).split("\n")
            for number, line in enumerate(shown, start=place[0] + 1):
                if len(line) > WIDTH and not snippets.MARK.match(line):
                    yield Fault(module.path, number, f"line has {len(line)} characters and a page shows it: "
                                                     f"break it, {WIDTH} fit beside the navigation")


def _explain_include(include: Include, marked: dict[str, set[str]]) -> str:
    path = posixpath.normpath(f"snippets/{include.file}")
    if not path.startswith("snippets/") or path != f"snippets/{include.file}":
        return f"include `{include.file}` leaves snippets/: name a module as `topic/stem.py`"
    if path not in marked:
        known = [name.removeprefix("snippets/") for name in marked]
        return (f"include `{include.file}` does not exist: name a module of snippets/"
                f"{did_you_mean(include.file, known)}")
    if not include.section:
        return f"include shows the whole file: name a section, `{include.file}:section`"
    if include.section not in marked[path]:
        return (f"section `{include.section}` is not in {path}: mark it there with `# --8<-- [start:…]` and "
                f"`# --8<-- [end:…]`{did_you_mean(include.section, marked[path])}")
    return ""


def sections_are_closed(project: Project) -> Iterator[Fault]:
    """Every section of a snippet that starts also ends."""
    for snippet in project.snippets:
        if snippet.path in project.modules:
            for line, message in snippets.sections(project.modules[snippet.path].text)[1]:
                yield Fault(snippet.path, line, message)


def snippets_have_page_and_test(project: Project) -> Iterator[Fault]:
    """A snippet has a page of its name, is shown on a page, and has a test."""
    stems = {(page.topic, page.stem) for page in project.answers}
    shown = {include.file for page in project.pages for include in page.includes}
    for snippet in project.snippets:
        if not syllabus.NAME.match(snippet.name) or snippet.topic not in project.syllabus.topics:
            yield Fault(snippet.path, 0, "name breaks the rule: snippets/<topic>/<stem>.py, a topic of "
                                         "docs/syllabus.yml, lower-case letters, digits and underscores")
            continue
        if project.all_pages_read and (snippet.topic, snippet.stem) not in stems:
            near = did_you_mean(snippet.stem, [stem for topic, stem in stems if topic == snippet.topic])
            yield Fault(snippet.path, 0, f"has no page: name it like its answer, "
                                         f"docs/{snippet.topic}/<stem>.md{near}")
        if snippet.kind == "figure":
            continue
        is_shown = snippet.path.removeprefix("snippets/") in shown or snippet.kind == "experiment"
        if project.all_pages_read and not is_shown:
            yield Fault(snippet.path, 0, "is shown on no page: include one of its sections, or remove it")
        if not (project.root / snippet.test).is_file():
            yield Fault(snippet.path, 0, f"has no test: write {snippet.test}")


def snippets_import_what_they_may(project: Project) -> Iterator[Fault]:
    """A NumPy snippet imports nothing that a browser does not have; a snippet stands alone."""
    for snippet in project.snippets:
        module = project.modules.get(snippet.path)
        if module is not None and module.is_python:
            yield from project.memory.faults(_imports_what_it_may, module, snippet,
                                             content=[snippet.path, module.text])


def _imports_what_it_may(module: Module, snippet: Snippet) -> Iterator[Fault]:
    seen = set()
    for name, line in module.imports:
        top = name.split(".")[0]
        if top in seen:
            continue
        seen.add(top)
        if top in ("", "snippets") and snippet.kind in ("numpy", "torch"):
            yield Fault(snippet.path, line, "imports another snippet: write here what it needs, so that "
                                            "it can be read and run alone")
        elif snippet.kind == "numpy" and runs_not_in_a_browser(name):
            yield Fault(snippet.path, line, f"imports `{top}`: use NumPy and the standard library only, "
                                            "because the code also runs in the browser; PyTorch goes to "
                                            f"{snippet.stem}_torch.py")
    if snippet.kind == "torch" and "torch" not in seen:
        yield Fault(snippet.path, 0, f"does not import torch: name it {snippet.stem}.py")


def runs_not_in_a_browser(name: str) -> bool:
    """Whether a module that is imported is neither NumPy nor the standard library nor a snippet."""
    top = name.split(".")[0]
    return bool(top) and top not in NUMPY_ONLY and top not in sys.stdlib_module_names


def snippets_stay_offline(project: Project) -> Iterator[Fault]:
    """No snippet or test opens a connection: a reader may be on a train, CI must not depend on a server."""
    for module in project.modules.values():
        if module.is_python:
            yield from project.memory.faults(_reaches_out, module, content=[module.path, module.text])


def is_network(name: str) -> bool:
    """Whether a module that is imported opens connections."""
    return name in NETWORK or name.split(".")[0] in NETWORK


def _reaches_out(module: Module) -> Iterator[Fault]:
    for name, line in module.imports:
        if is_network(name):
            yield Fault(module.path, line, f"imports `{name}`, which reads the network: make the data in the "
                                           "snippet, or take it from a package")


def code_only_computes(project: Project) -> Iterator[Fault]:
    """What readers run neither touches files nor runs text as code, and draws the same numbers each time."""
    tests = {snippet.test for snippet in project.snippets if snippet.kind == "numpy"}
    shown = {snippet.path for snippet in project.snippets if snippet.kind in ("numpy", "torch", "mistakes")}
    for path, module in project.modules.items():
        if path in shown | tests and module.is_python:
            yield from project.memory.faults(_does_more, module, content=[path, module.text])


def _does_more(module: Module) -> Iterator[Fault]:
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        name = ast.unparse(node.func)
        if TOUCHES_FILES.fullmatch(name):
            yield Fault(module.path, node.lineno, f"`{name}` touches files: hand in arrays, because the code "
                                                  "also runs in the browser")
        elif name in RUNS_TEXT:
            yield Fault(module.path, node.lineno, f"`{name}` does more than compute: write the code itself")
        elif name.endswith("default_rng") and not node.args and module.path.startswith("snippets/"):
            yield Fault(module.path, node.lineno, f"`{name}()` draws other numbers each time: take "
                                                  "`rng: np.random.Generator` as an argument")


def linter_is_content(project: Project) -> Iterator[Fault]:
    """Ruff finds no code that cannot work or that does more than compute."""
    unreadable = {fault.path for fault in project.unreadable}  # for the same reason
    yield from (fault for fault, _ in project.linted if fault.path not in unreadable)


def snippets_import_cleanly(project: Project) -> Iterator[Fault]:
    """A snippet can be imported, in silence, without touching global state."""
    refused = {fault.path for fault, dangerous in project.linted if dangerous}
    refused |= {fault.path for rule in (snippets_import_what_they_may, snippets_stay_offline)
                for fault in rule(project)}  # what is refused already is not run
    names = [snippet.path for snippet in project.snippets
             if snippet.kind != "figure" and snippet.topic in project.syllabus.topics
             and syllabus.NAME.match(snippet.name) and snippet.path not in refused
             and snippet.path in project.modules and project.modules[snippet.path].is_python]
    memory = project.memory
    changed = [name for name in names if not memory.knows(_probe, _run_by(project, name))]
    if not changed:
        return
    found, stopped = _probe(project.root, changed)
    for name, faults in found:
        if not faults:
            memory.keep(_probe, _run_by(project, name))
        for line, message in faults:
            yield Fault(name, line, message)
    if len(found) < len(changed):
        name, (how, trace) = changed[len(found)], stopped
        place = re.search(rf'{re.escape(name)}", line (\d+)', trace)
        yield Fault(name, int(place[1]) if place else 0,
                    f"{how}: move what runs below `if __name__ == \"__main__\":`")


def _probe(
    root: Path, names: list[str]
) -> tuple[list[tuple[str, list[tuple[int, str]]]], tuple[str, str]]:
    """Import modules in one other process, because Python and PyTorch take seconds to start.

    Returns:
        What is wrong with each as (line, message), up to one that stops the process; how it stopped, and
        where as a traceback.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        command = [sys.executable, "-P", import_probe.__file__, str(report), str(IMPORT_SECONDS), *names]
        result = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True,
                                encoding="utf-8", errors="replace")
        stopped = f"stops Python itself when it is imported (exit status {result.returncode})"
        if import_probe.TIMEOUT in result.stderr:
            stopped = f"is still being imported after {IMPORT_SECONDS} s"
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    # A line may have been cut off by the stop.
    return [json.loads(line) for line in lines if line.endswith("]")], (stopped, result.stderr)


def _run_by(project: Project, name: str) -> list[str]:
    """The text of a module and, where it imports snippets, of all in the topics it names."""
    text = project.modules[name].text
    topics = set(SNIPPETS_TOPIC.findall(text))
    return [text, *(module.text for path, module in sorted(project.modules.items())
                    if path.split("/")[0] == "snippets" and path.split("/")[1] in topics)]
