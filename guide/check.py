"""Every rule that a contribution must satisfy, each with a message that says how to mend it."""

from __future__ import annotations

import ast
import difflib
import json
import posixpath
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import markdown
import yaml

from guide import pages, references, snippets, syllabus
from guide.faults import Fault, GuideError
from guide.markdown import katex
from guide.references import Reference
from guide.snippets import Snippet

SHORT_ANSWER_WORDS = (40, 120)
FOLLOW_UPS = (3, 5)
SECTION_ORDER = ("Code", "Common mistakes", "What they ask next", "Sources")
PYTHON = {"python", "py", "python3", "pycon"}
HTML_ALLOWED = {"br", "kbd", "sub", "sup", "div"}
HTML = re.compile(r"</?(?P<tag>[a-zA-Z][\w-]*)(?P<attributes>[^<>]*)>")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)[^)]*\)")
NUMPY_ONLY = {"numpy", "snippets"}


@dataclass
class Project:
    """Everything that a rule may look at, read once."""

    root: Path
    pages: list[pages.Page]
    syllabus: syllabus.Syllabus
    references: dict[str, Reference]
    snippets: list[Snippet]
    navigation: dict[str, int]
    unreadable: list[Fault] = field(default_factory=list)

    @cached_property
    def answers(self) -> list[pages.Page]:
        return [page for page in self.pages if page.is_answer]

    @cached_property
    def tests(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob("tests/*/test_*.py")
                      if path.parent.name in self.syllabus.topics)

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def read_project(root: Path) -> Project:
    """Read pages, syllabus, sources, snippets and navigation.

    Raises:
        GuideError: If something that every rule needs cannot be read.
    """
    faults: list[Fault] = []
    found_pages, page_faults = pages.read(root)
    promised, sources, navigation = None, {}, {}
    try:
        promised = syllabus.load(root)
    except GuideError as error:
        faults += error.faults
    try:
        sources = references.load(root)
    except GuideError as error:
        faults += error.faults
    try:
        navigation = read_navigation(root)
    except GuideError as error:
        faults += error.faults
    if faults:
        raise GuideError(*faults, *page_faults)
    return Project(root, found_pages, promised, sources, snippets.find(root), navigation, page_faults)


def read_navigation(root: Path) -> dict[str, int]:
    """Each page named in mkdocs.yml's nav, and its line there."""
    path = root / "mkdocs.yml"
    if not path.exists():
        raise GuideError(Fault("mkdocs.yml", 0, "is missing: run the command in the project's root folder"))
    try:
        tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise GuideError(Fault("mkdocs.yml", line, f"YAML cannot be read: {error.problem}")) from None
    nav = next((value for key, value in tree.value if key.value == "nav"), None)
    found: dict[str, int] = {}

    def walk(node: yaml.Node) -> None:
        if isinstance(node, yaml.ScalarNode):
            found.setdefault(node.value, node.start_mark.line + 1)
        elif isinstance(node, yaml.SequenceNode):
            for child in node.value:
                walk(child)
        elif isinstance(node, yaml.MappingNode):
            for _, child in node.value:
                walk(child)

    if nav is not None:
        walk(nav)
    return found


# Rules. Each looks at the whole project and yields faults; the docstring names the promise.

def pages_in_navigation(project: Project) -> Iterator[Fault]:
    """Every page is in the navigation, and every entry of the navigation is a page."""
    sources = {page.source: page for page in project.pages} | {
        fault.path.removeprefix("docs/"): None for fault in project.unreadable}
    for name in sources:
        if name not in project.navigation:
            yield Fault(f"docs/{name}", 0, f"is not in the navigation: add `- {name}` below its topic in mkdocs.yml")
    for name, line in project.navigation.items():
        if name not in sources and not re.match(r"https?://", name):
            yield Fault("mkdocs.yml", line, f"navigation names `{name}`, which is not in docs/{_did_you_mean(name, sources)}")


def slugs_known_and_answered_once(project: Project) -> Iterator[Fault]:
    """Each slug is known, stands in its topic's folder, is answered once, and can be linked."""
    seen: dict[str, str] = {}
    for page in project.answers:
        ids = {heading.id for heading in page.headings}
        for index, slug in enumerate(page.front.answers):
            line = page.front_lines.get(("answers", str(index)), 0)
            question = project.syllabus.questions.get(slug)
            if question is None:
                yield Fault(page.path, line, f"slug `{slug}` is not in {syllabus.PATH}"
                                             f"{_did_you_mean(slug, project.syllabus.questions)}")
                continue
            if slug in seen:
                yield Fault(page.path, line, f"slug `{slug}` is answered in {seen[slug]} already: remove it from one of them")
            seen.setdefault(slug, page.path)
            if question.topic != page.topic:
                yield Fault(page.path, line, f"slug `{slug}` belongs to the topic `{question.topic}`: "
                                             f"move the page to docs/{question.topic}/")
            if slug != page.stem and slug not in ids and not page.is_notebook:
                yield Fault(page.path, line, f"slug `{slug}` has no heading: write one as `## … {{ #{slug} }}`")


def answer_has_its_sections(project: Project) -> Iterator[Fault]:
    """One top heading, a short answer that can be said aloud, three to five follow-ups, sections in order."""
    for page in project.pages:
        top = [heading for heading in page.headings if heading.level == 1]
        if len(top) != 1:
            line = top[1].line if top else page.body_line
            yield Fault(page.path, line, f"has {len(top)} headings of level 1: write the question once, as `# …`")
        previous = 1
        for heading in page.headings:
            if heading.level > previous + 1:
                yield Fault(page.path, heading.line, f"heading `{heading.text}` skips from level {previous} to "
                                                     f"{heading.level}: use `{'#' * (previous + 1)}`")
            previous = heading.level
        if not page.is_answer or page.is_notebook:
            continue
        words = len(re.sub(r"\$[^$]*\$", " x ", page.short_answer).split())
        low, high = SHORT_ANSWER_WORDS
        if not page.short_answer:
            yield Fault(page.path, page.body_line, 'section "Say this first" is missing: after the title write '
                                                   '`!!! abstract "Say this first"` and indent the answer by 4 spaces')
        elif not low <= words <= high:
            yield Fault(page.path, page.body_line, f'"Say this first" has {words} words: say it in {low} to {high}')
        names = [(heading.text, heading.line) for heading in page.headings if heading.level == 2]
        if "What they ask next" not in dict(names):
            yield Fault(page.path, 0, 'section "What they ask next" is missing: add `## What they ask next` '
                                      'with three to five `??? question "…"`')
        elif not FOLLOW_UPS[0] <= len(page.follow_ups) <= FOLLOW_UPS[1]:
            yield Fault(page.path, dict(names)["What they ask next"],
                        f'"What they ask next" has {len(page.follow_ups)} questions: write three to five, '
                        'each as `??? question "…"`')
        if page.citations and "Sources" not in dict(names):
            yield Fault(page.path, page.citations[0][1], 'cites a source, but section "Sources" is missing: '
                                                         "add `## Sources` with one `- [@key]: …` each")
        present = [name for name, _ in names if name in SECTION_ORDER]
        if present != sorted(present, key=SECTION_ORDER.index):
            yield Fault(page.path, 0, f"sections stand in the order {', '.join(present)}: "
                                      f"the guide's order is {', '.join(n for n in SECTION_ORDER if n in present)}")


def code_comes_from_snippets(project: Project) -> Iterator[Fault]:
    """A fence with Python is one include of a marked section; every fence is closed."""
    for page in project.pages:
        for fence in page.fences:
            if not fence.closed:
                yield Fault(page.path, fence.line, "fence is never closed: add a line with the same backticks after the code")
                continue
            if fence.language.lower() in PYTHON:
                code = [line for line in fence.lines if line.strip()]
                if len(code) != 1 or not pages.INCLUDE.match(code[0]):
                    yield Fault(page.path, fence.line, "fence holds Python that no test runs: move it to a section of "
                                f"snippets/{page.topic}/ and write `--8<-- \"{page.topic}/{page.stem}.py:section\"`")
            elif not fence.language and not page.is_notebook:
                yield Fault(page.path, fence.line, "fence names no language: write ```text for output, ```python for an include")


def includes_exist(project: Project) -> Iterator[Fault]:
    """An include names a section of a module inside snippets/."""
    marked = {snippet.path: snippets.sections(project.text(snippet.path))[0] for snippet in project.snippets}
    for page in project.pages:
        for include in page.includes:
            path = posixpath.normpath(f"snippets/{include.file}")
            if include.file.startswith(("/", "http:", "https:")) or not path.startswith("snippets/"):
                yield Fault(page.path, include.line, f"include `{include.file}` leaves snippets/: name a module as `topic/stem.py`")
            elif path not in marked:
                yield Fault(page.path, include.line, f"include `{include.file}` does not exist"
                            f"{_did_you_mean(include.file, [name.removeprefix('snippets/') for name in marked])}")
            elif not include.section:
                yield Fault(page.path, include.line, f"include of the whole file: name a section, `{include.file}:section`")
            elif include.section not in marked[path]:
                yield Fault(page.path, include.line, f"section `{include.section}` is not in {path}"
                                                     f"{_did_you_mean(include.section, marked[path])}")


def sections_are_closed(project: Project) -> Iterator[Fault]:
    """Every section of a snippet that starts also ends."""
    for snippet in project.snippets:
        for line, message in snippets.sections(project.text(snippet.path))[1]:
            yield Fault(snippet.path, line, message)


def snippets_are_shown_and_tested(project: Project) -> Iterator[Fault]:
    """A snippet has a page of its name, is shown on a page, has a test, and a test has its snippet."""
    stems = {(page.topic, page.stem) for page in project.answers}
    shown = {include.file for page in project.pages for include in page.includes}
    names = {(snippet.topic, snippet.name): snippet for snippet in project.snippets}
    for snippet in project.snippets:
        if not syllabus.NAME.match(snippet.name) or snippet.topic not in project.syllabus.topics:
            yield Fault(snippet.path, 0, "name breaks the rule: snippets/<topic>/<stem>.py, a topic of "
                                         "docs/syllabus.yml, lower-case letters, digits and underscores")
            continue
        if (snippet.topic, snippet.stem) not in stems:
            yield Fault(snippet.path, 0, f"has no page: name it like its answer, docs/{snippet.topic}/<stem>.md"
                        f"{_did_you_mean(snippet.stem, [stem for topic, stem in stems if topic == snippet.topic])}")
        if snippet.kind == "figure":
            continue
        if snippet.path.removeprefix("snippets/") not in shown and snippet.kind != "experiment":
            yield Fault(snippet.path, 0, "is shown on no page: include one of its sections, or remove it")
        if not (project.root / snippet.test).exists():
            yield Fault(snippet.path, 0, f"has no test: write {snippet.test}")
    for test in project.tests:
        topic, name = Path(test).parent.name, Path(test).stem.removeprefix("test_")
        stem = name.removesuffix("_reference")
        if (topic, stem) not in names and (topic, stem) not in stems:
            yield Fault(test, 0, f"tests no snippet: name it test_<stem>.py after snippets/{topic}/<stem>.py"
                                 f"{_did_you_mean(stem, [n for t, n in names if t == topic])}")


def code_runs_where_it_must(project: Project) -> Iterator[Fault]:
    """NumPy snippets and their tests import nothing that a browser does not have; tests assert."""
    for snippet in project.snippets:
        tree, fault = _parse(project, snippet.path)
        if fault:
            yield fault
            continue
        imported = _imports(tree)
        for name, line in imported.items():
            if name == "snippets" and snippet.kind in ("numpy", "torch"):
                yield Fault(snippet.path, line, "imports another snippet: a snippet stands alone, so that it can be read and run alone")
            elif snippet.kind == "numpy" and name not in NUMPY_ONLY and name not in sys.stdlib_module_names:
                yield Fault(snippet.path, line, f"imports `{name}`: NumPy and the standard library only, because the code also "
                            f"runs in the browser; PyTorch goes to {snippet.stem}_torch.py")
        if snippet.kind == "torch" and "torch" not in imported:
            yield Fault(snippet.path, 0, f"does not import torch: name it {snippet.stem}.py")
    for test in project.tests:
        tree, fault = _parse(project, test)
        if fault:
            yield fault
            continue
        name = Path(test).stem.removeprefix("test_")
        graded = f"snippets/{Path(test).parent.name}/{name}.py"
        kind = snippets.parse(graded).kind
        if kind == "numpy" and not name.endswith("_reference") and (project.root / graded).exists():
            for module, line in _imports(tree).items():
                if module not in NUMPY_ONLY and module not in sys.stdlib_module_names:
                    yield Fault(test, line, f"imports `{module}`: this file also grades readers in the browser, so NumPy and "
                                            f"plain asserts only; move the test to test_{name}_reference.py")
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_") and not _asserts(function, tree):
                yield Fault(test, function.lineno, f"`{function.name}` asserts nothing, so it cannot fail: assert what is promised")


def figures_exist_and_are_described(project: Project) -> Iterator[Fault]:
    """An image is a file of the guide with a text alternative; a figure has a module that draws it and a page."""
    used = set()
    for page in project.pages:
        for alt, source, line in page.images:
            if re.match(r"[a-z]+:|//", source):
                yield Fault(page.path, line, f"image `{source}` is loaded from elsewhere: put the file beside the page")
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), source.split("#")[0]))
            used.add(path)
            if not (project.root / path).is_file():
                yield Fault(page.path, line, f"figure `{source}` is missing: draw it with `python -m guide figures {page.topic}/{page.stem}`")
            if len(alt.split()) < 4:
                yield Fault(page.path, line, f"image `{source}` needs a text alternative that says what it shows: `![…]({source})`")
    drawn = {}
    for snippet in project.snippets:
        if snippet.kind == "figure":
            for what in re.findall(r"^def figure(\w*)\(", project.text(snippet.path), flags=re.MULTILINE):
                drawn[f"docs/{snippet.topic}/{snippet.stem}{what}.svg"] = snippet.path
    for path, module in drawn.items():
        if not (project.root / path).exists():
            yield Fault(module, 0, f"its figure {path} was never written: run `python -m guide figures`")
        elif path not in used:
            yield Fault(path, 0, "is shown on no page: show it, or remove it and the function that draws it")
    for file in project.root.glob("docs/*/*.svg"):
        path = file.relative_to(project.root).as_posix()
        if path not in drawn and file.parent.name in project.syllabus.topics:
            yield Fault(path, 0, f"is drawn by no program: write snippets/{file.parent.name}/<stem>_figure.py with `figure()`")


def citations_are_listed(project: Project) -> Iterator[Fault]:
    """Each citation names a known source that the page lists; each source listed is cited; none is idle."""
    used = set()
    for page in project.pages:
        listed = {key: line for key, line in page.sources}
        cited = {key for key, _ in page.citations}
        used |= cited | set(listed)
        for key, line in [*page.citations, *page.sources]:
            if key not in project.references:
                yield Fault(page.path, line, f"source `{key}` is not in {references.PATH}{_did_you_mean(key, project.references)}")
        for key, line in page.citations:
            if key not in listed:
                yield Fault(page.path, line, f"cites `{key}`, which this page's Sources do not list: add `- [@{key}]: …`")
        for key, line in listed.items():
            if key not in cited:
                yield Fault(page.path, line, f"lists `{key}`, which the text never cites: cite it as `[@{key}]` where it backs a claim")
    lines = project.text(references.PATH).splitlines()
    for key in project.references:
        if key not in used and not project.unreadable:
            line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 0)
            yield Fault(references.PATH, line, f"source `{key}` is cited by no page: remove it")


def maths_can_be_rendered(project: Project) -> Iterator[Fault]:
    """KaTeX understands every formula."""
    for page in project.pages:
        for tex, display in formulas(page):
            try:
                katex.render(tex, display)
            except katex.TexError as error:
                yield Fault(page.path, 0 if page.is_notebook else _line_of(page, tex), f"formula `{_shorten(tex)}`: {error}")


def formulas(page: pages.Page) -> list[tuple[str, bool]]:
    """The formulas of a page as PyMdown's Arithmatex finds them, each with whether it is displayed."""
    if "$" not in page.visible:
        return []
    md = markdown.Markdown(extensions=["admonition", "attr_list", "tables", "pymdownx.arithmatex", "pymdownx.details",
                                       "pymdownx.superfences", "pymdownx.tabbed"],
                           extension_configs={"pymdownx.arithmatex": {"generic": True},
                                              "pymdownx.tabbed": {"alternate_style": True}})
    collected: list[tuple[str, bool]] = []

    class Collector(markdown.treeprocessors.Treeprocessor):
        def run(self, root) -> None:
            for element in root.iter():
                if element.get("class") == "arithmatex":
                    text = element.text or ""
                    collected.append((text[2:-2].strip(), text.startswith("\\[")))

    md.treeprocessors.register(Collector(md), "collect", 15)
    md.convert(page.body)
    return collected


def html_is_harmless(project: Project) -> Iterator[Fault]:
    """Raw HTML is limited to a few inert tags; no script, frame, event handler or script address."""
    for page in project.pages:
        for number, line in enumerate(page.visible.split("\n"), start=page.body_line):
            for match in HTML.finditer(re.sub(r"\$[^$]+\$", "", line)):
                tag, attributes = match["tag"].lower(), match["attributes"]
                if re.match(r"https?://", f"{match['tag']}{attributes}"):
                    continue
                if tag not in HTML_ALLOWED or re.search(r"\bon\w+\s*=|style\s*=|javascript:", attributes, re.IGNORECASE):
                    yield Fault(page.path, number, f"raw HTML `{_shorten(match[0])}`: write Markdown instead")
            for match in LINK.finditer(line):
                if re.match(r"(javascript|data|vbscript|file):", match["target"], re.IGNORECASE):
                    yield Fault(page.path, number, f"link `{_shorten(match['target'])}`: link to a page or an https address")


def prerequisites_exist(project: Project) -> Iterator[Fault]:
    """A prerequisite is another answer of the guide."""
    known = {f"{page.topic}/{page.stem}" for page in project.answers}
    for page in project.answers:
        for index, name in enumerate(page.front.prerequisites):
            if name not in known:
                line = page.front_lines.get(("prerequisites", str(index)), 0)
                yield Fault(page.path, line, f"prerequisite `{name}` is no answer{_did_you_mean(name, known)}")


def topics_have_their_pages(project: Project) -> Iterator[Fault]:
    """Each topic has an index; each topic with code has a reference page."""
    sources = {page.source for page in project.pages}
    for topic in project.syllabus.topics:
        if f"{topic}/index.md" not in sources:
            yield Fault(f"docs/{topic}/index.md", 0, f"is missing: the topic's page, with `<!-- questions topic={topic} -->`")
    for topic in sorted({snippet.topic for snippet in project.snippets if snippet.kind in ("numpy", "torch")}):
        path = f"docs/reference/{topic}.md"
        if not (project.root / path).exists():
            yield Fault(path, 0, f"is missing: the API of the topic's snippets, with `<!-- reference topic={topic} -->`")


def notebooks_are_clean(project: Project) -> Iterator[Fault]:
    """A committed notebook ran from top to bottom without an error and carries nothing of the machine it ran on."""
    for page in project.pages:
        if not page.is_notebook:
            continue
        if (project.root / page.path).with_suffix(".md").exists():
            yield Fault(page.path, 0, "has the same address as the .md file beside it: rename one of them")
        text = project.text(page.path)
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
        counts = [cell.get("execution_count") for cell in cells]
        for number, cell in enumerate(cells, start=1):
            for output in cell.get("outputs", []):
                if output.get("output_type") == "error":
                    yield Fault(page.path, 0, f"code cell {number} failed with {output.get('ename')}: "
                                              f"{_shorten(str(output.get('evalue')))}; mend it and run all cells again")
        if counts != list(range(1, len(cells) + 1)):
            yield Fault(page.path, 0, "was not run from top to bottom: restart the kernel, run all cells, save")
        for match in re.finditer(r"(?:/home/|/root/|/Users/|/tmp/|[A-Z]:\\\\Users)[^\s\"\\]*", text):
            yield Fault(page.path, text[: match.start()].count("\n") + 1, f"shows the path `{match[0]}` of the machine it ran on: remove it")


def snippets_import_cleanly(project: Project) -> Iterator[Fault]:
    """A snippet can be imported, in silence, without touching NumPy's global random state."""
    modules = [snippet for snippet in project.snippets if snippet.kind in ("numpy", "torch", "mistakes", "experiment")]
    if not modules:
        return
    result = subprocess.run([sys.executable, "-c", _IMPORT_ALL, *(snippet.path for snippet in modules)],
                            cwd=project.root, capture_output=True, text=True, timeout=300)
    if result.returncode:
        yield Fault("snippets", 0, f"importing stopped Python itself: {_shorten(result.stderr.strip().splitlines()[-1])}")
        return
    for fault in json.loads(result.stdout.splitlines()[-1]):
        yield Fault(*fault)


_IMPORT_ALL = r'''
import contextlib, importlib.util, io, json, os, sys, traceback, warnings
sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = True
warnings.simplefilter("error")
faults = []
try:
    import numpy
except ModuleNotFoundError:
    numpy = None
installed = {name: importlib.util.find_spec(name) is not None for name in ("torch", "sklearn", "matplotlib")}
if installed["torch"]:
    import torch
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        code = file.read()
    if numpy is None or any(f"import {name}" in code or f"from {name}" in code for name, there in installed.items() if not there):
        continue  # the site's own environment has no PyTorch; `make check` and `make test` have all
    before = numpy.random.get_state()[1].tobytes()
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            spec = importlib.util.spec_from_file_location(path.removesuffix(".py").replace("/", "."), path)
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
    except BaseException as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(path)]
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else (lines[-1] if lines else 0)
        faults.append((path, line or 0, f"raises {type(error).__name__} on import: {str(error).splitlines()[0] if str(error) else 'no message'}; a module must import without running anything"))
        continue
    if printed.getvalue():
        faults.append((path, 0, "prints on import: move the output below `if __name__ == \"__main__\":`"))
    if numpy.random.get_state()[1].tobytes() != before:
        faults.append((path, 0, "touches NumPy's global random state: take `rng: np.random.Generator` as an argument"))
print(json.dumps(faults))
'''

RULES: list[Callable[[Project], Iterator[Fault]]] = [
    pages_in_navigation,
    slugs_known_and_answered_once,
    answer_has_its_sections,
    code_comes_from_snippets,
    includes_exist,
    sections_are_closed,
    snippets_are_shown_and_tested,
    code_runs_where_it_must,
    figures_exist_and_are_described,
    citations_are_listed,
    maths_can_be_rendered,
    html_is_harmless,
    prerequisites_exist,
    topics_have_their_pages,
    notebooks_are_clean,
    snippets_import_cleanly,
]


def check(root: Path) -> list[Fault]:
    """All faults of the project at ``root``, sorted by file and line."""
    try:
        project = read_project(root)
    except GuideError as error:
        return error.faults
    faults = list(project.unreadable)
    for rule in RULES:
        faults += rule(project)
    return sorted(set(faults))


def _parse(project: Project, path: str) -> tuple[ast.Module | None, Fault | None]:
    try:
        return ast.parse(project.text(path)), None
    except SyntaxError as error:
        return None, Fault(path, error.lineno or 0, f"is not valid Python: {error.msg}")


def _imports(tree: ast.Module) -> dict[str, int]:
    """Top-level names of everything imported anywhere in a module, with the line."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name.split(".")[0], node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.setdefault(node.module.split(".")[0], node.lineno)
    return found


def _asserts(function: ast.FunctionDef, tree: ast.Module) -> bool:
    """Whether a test can fail: it asserts, raises, or calls something of the module that does."""
    helpers = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def can_fail(node: ast.AST, seen: frozenset[str]) -> bool:
        for child in ast.walk(node):
            if isinstance(child, ast.Assert | ast.Raise):
                return True
            if isinstance(child, ast.Call):
                name = ast.unparse(child.func)
                if re.search(r"(^|[._])(assert|check)\w*$|pytest\.(raises|fail|warns)$|gradcheck$", name):
                    return True
                if name in helpers and name not in seen and can_fail(helpers[name], seen | {name}):
                    return True
        return False

    return can_fail(function, frozenset({function.name}))


def _did_you_mean(name: str, known) -> str:
    close = difflib.get_close_matches(str(name), list(map(str, known)), n=1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _line_of(page: pages.Page, text: str) -> int:
    """The file's line on which a formula begins."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for number, line in enumerate(page.body.split("\n"), start=page.body_line):
        if first and first in line:
            return number
    return 0


def _shorten(text: str, length: int = 80) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
