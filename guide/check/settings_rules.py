"""Rules about what surrounds the guide: settings, workflows, locked versions, records of experiments."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator

import yaml

from guide import files, snippets, yaml_lines
from guide.check.file_rules import LARGEST
from guide.check.project import Project
from guide.faults import Fault

USES = re.compile(r"^\s*(?:-\s+)?uses:\s*(?P<action>\S+)")
PINNED = re.compile(r"\./.*|docker://.*@sha256:[0-9a-f]{64}|[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")
# What a stranger may write, put into a command as it is; as a variable of the environment it is only text.
WRITTEN_BY_STRANGERS = re.compile(
    r"^(?!\s*[A-Z_]+:\s).*\$\{\{[^}]*github\.(head_ref|event\.[\w.]*(title|body|ref|label|name|message|email))\b")
LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[^\]]*\])?==\S+.*\\$")


def workflows_run_what_was_read(project: Project) -> Iterator[Fault]:
    """A workflow names the commit of each action, and gives a stranger's change no rights."""
    for path in sorted(project.root.glob(".github/workflows/*.y*ml")):
        name = path.relative_to(project.root).as_posix()
        text = files.read(project.root, name)
        try:
            yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            yield yaml_lines.explain(error, text, name)
            continue
        for line, content in enumerate(text.split("\n"), start=1):
            yield from (Fault(name, line, message) for message in _explain_step(content.split(" #")[0]))


def _explain_step(line: str) -> Iterator[str]:
    if (used := USES.match(line)) and not PINNED.fullmatch(used["action"].strip("\"'")):
        yield (f"`{used['action']}` is whatever its author pushes next: name the commit, as in "
               "`actions/checkout@` with 40 hexadecimal digits and the version as a comment")
    if "pull_request_target" in line:
        yield "`pull_request_target` gives a stranger's change the project's rights: write `pull_request`"
    if re.search(r"permissions:\s*write-all", line):
        yield "`write-all` permits everything: name the one permission that the job needs"
    if WRITTEN_BY_STRANGERS.match(line):
        yield "puts a stranger's words into a command: hand them over in `env:` and write `\"$NAME\"`"


def settings_load_nothing_from_elsewhere(project: Project) -> Iterator[Fault]:
    """mkdocs.yml has each key once, and the scripts and styles that it names are files of the guide."""
    name = "mkdocs.yml"
    tree = yaml.compose(files.read(project.root, name), Loader=yaml.SafeLoader)
    first: dict[str, int] = {}
    for key, value in tree.value:
        line = key.start_mark.line + 1
        if first.setdefault(key.value, line) != line:
            yield Fault(name, line,
                        f"`{key.value}` stands here a second time, first in line {first[key.value]}: keep "
                        "one")
        if key.value in ("extra_css", "extra_javascript"):
            yield from (Fault(name, place,
                              f"`{text}` is loaded from elsewhere: put the file into docs/assets/guide/")
                        for text, place in _texts(value) if re.match(r"(https?:)?//", text))


def _texts(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.value, node.start_mark.line + 1
    else:
        for child in node.value:
            yield from _texts(child[1] if isinstance(child, tuple) else child)


def versions_are_locked(project: Project) -> Iterator[Fault]:
    """What pyproject.toml needs is locked in requirements/, with hashes and nothing beside them."""
    if not (project.root / "pyproject.toml").exists():
        return
    text = files.read(project.root, "pyproject.toml")
    try:
        needed = tomllib.loads(text).get("project", {})
    except tomllib.TOMLDecodeError:
        return  # the linter has said it
    locks = {group: project.root / "requirements" / f"{group}.txt" for group in ("site", "test")}
    for group, path in locks.items():
        if not path.exists():
            continue
        lock, locked = path.relative_to(project.root).as_posix(), set()
        for line, content in enumerate(files.read(project.root, lock).split("\n"), start=1):
            if found := LOCKED.match(content):
                locked.add(_plain(found["name"]))
            elif content and not content.startswith((" ", "#")):
                yield Fault(lock, line,
                            f"`{content}` is no version with its hashes: change pyproject.toml and run "
                            "`make lock`")
        wanted = list(needed.get("dependencies", []))
        if group == "test":
            wanted += needed.get("optional-dependencies", {}).get("test", [])
        for requirement in wanted:
            if (name := re.match(r"[\w.-]+", requirement)) and _plain(name[0]) not in locked:
                yield Fault("pyproject.toml", _line(text, f'"{requirement}"'),
                            f"`{name[0]}` is not locked in {lock}: run `make lock`")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _line(text: str, wanted: str) -> int:
    return text.count("\n", 0, text.index(wanted)) + 1 if wanted in text else 0


def records_are_of_experiments(project: Project) -> Iterator[Fault]:
    """A JSON file beside the snippets is what an experiment of its name measured."""
    for path in sorted(project.root.glob("snippets/**/*.json")):
        name = path.relative_to(project.root).as_posix()
        module = path.with_suffix(".py")
        if path.is_symlink() or path.stat().st_size > LARGEST:
            continue  # a fault as a file
        if snippets.parse(f"{module.stem}.py").kind != "experiment" or not module.exists():
            yield Fault(name, 0, "is the record of no experiment: name it like the module that wrote it, "
                                 "<stem>_experiment.json")
        elif path.is_file():
            yield from project.faults_of_file(_record, name)


def _record(name: str, text: str) -> Iterator[Fault]:
    try:
        json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        yield Fault(name, error.lineno, f"is no JSON ({error.msg}): run the experiment again")
    except (ValueError, RecursionError) as error:
        yield Fault(name, 0, f"is no plain JSON ({error}): run the experiment again")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _once(pairs: list[tuple[str, object]]) -> dict:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)
