"""Rules about files as such: what kind they are, how large, what they hide, what a drawing may hold."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from guide import files, syllabus
from guide.check.project import Project
from guide.faults import Fault, shorten

LARGEST = 1_000_000  # bytes; a reader's phone and every clone carry each file
KINDS = {"docs": {".md", ".ipynb", ".svg", ".yml", ".css", ".js"}, "snippets": {".py", ".json"},
         "tests": {".py", ".mjs"}}
PAGES = {".md", ".ipynb"}  # their names are addresses
NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*")
WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)")  # no file can have such a name there
ELSEWHERE = (".github", "requirements")  # beside the first folder and those of KINDS, for keys and the like
GENERATED = {"docs/assets/vendor", "__pycache__", ".ipynb_checkpoints"}
ACTIVE_TAGS = {"script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "set",
               "animate", "animatemotion", "animatetransform"}
OWN_ADDRESS = re.compile(r"#|data:image/(png|jpeg);base64,")
LOADS = re.compile(r"@import\b|@?\\[0-9a-f]+|url\(\s*[\"']?(?!#)[^)]*", re.IGNORECASE)  # in a style
# The shapes that well-known services give their keys.
SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|hf_[A-Za-z0-9]{34}|sk-[A-Za-z0-9_-]{32,}"
    r"|xox[abprs]-[A-Za-z0-9-]{20,}|AIza[0-9A-Za-z_-]{35}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:password|passwd|secret|api_?key|access_?token)\s*=\s*\\?[\"'][^\"'\s]{8,}[\"']")
# Control characters, letters without width, and marks that turn the direction of reading around; what joins
# the parts of an emoji or of a Persian word is none of them.
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
                       "\u2066-\u206f\ufeff\ufff9-\ufffb]")
BROKEN = "\0\r\ufeff"  # reading the file says it
LOOK_ALIKE = re.compile(r"\w*(?:[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z])\w*")


def files_are_of_a_known_kind(project: Project) -> Iterator[Fault]:
    """Pages, code and tests are plain text files of a few kinds, none of them large, none of them a link."""
    for folder, kinds in KINDS.items():
        for name in _walk(project.root, folder):
            path = project.root / name
            if path.is_symlink():
                yield Fault(name, 0, files.IS_LINK)
            elif path.suffix not in kinds:
                yield Fault(name, 0, f"is no kind of file that {folder}/ holds: keep to "
                                     f"{', '.join(sorted(kinds))}; a picture is drawn as SVG by a program")
            elif folder == "docs" and not _is_good_name(path):
                yield Fault(name, 0, "name is part of the address: write lower-case letters, digits, "
                                     "underscores, and no name that Windows keeps for itself")
            elif path.is_file() and (size := path.stat().st_size) > LARGEST:
                yield Fault(name, 0, f"has {size:,} bytes: keep it below {LARGEST:,}, with fewer points in a "
                                     "drawing or fewer runs in a record")


def drawings_are_still(project: Project) -> Iterator[Fault]:
    """An SVG holds shapes and text: no script, no handler, nothing from elsewhere."""
    for name in _walk(project.root, "docs"):
        path = project.root / name
        if path.suffix == ".svg" and path.is_file() and path.stat().st_size <= LARGEST:
            yield from project.faults_of_file(drawing_faults, name)


def no_file_hides_anything(project: Project) -> Iterator[Fault]:
    """No file carries the key of a service, an unseen character, or a letter that poses as another."""
    folders = [*KINDS, *ELSEWHERE]
    first = sorted(path.name for path in project.root.iterdir() if not path.is_symlink())
    for name in [*first, *(name for folder in folders for name in _walk(project.root, folder))]:
        path = project.root / name
        if path.is_file() and path.stat().st_size <= LARGEST:
            text = path.read_bytes().decode("utf-8", "replace")
            yield from project.memory.faults(_hidden, name, text, content=[text])


def _walk(root: Path, folder: str) -> Iterator[str]:
    """Every file and link below a folder, without what commands make there."""
    for place, folders, names in os.walk(root / folder):
        below = Path(place).relative_to(root).as_posix()
        linked = [name for name in folders if (Path(place) / name).is_symlink()]
        folders[:] = sorted(name for name in folders if not {name, f"{below}/{name}"} & GENERATED)
        yield from (f"{below}/{name}" for name in sorted([*names, *linked])
                    if f"{below}/{name}" not in GENERATED)


def drawing_faults(name: str, text: str) -> Iterator[Fault]:
    """What in an SVG is more than shapes and text."""
    if found := re.search(r"<!ENTITY|<\?(?!xml\s)", text, re.IGNORECASE):
        yield Fault(name, text.count("\n", 0, found.start()) + 1,
                    f"holds `{found[0]}`, which loads or repeats: draw the figure again")
        return
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        yield Fault(name, error.lineno or 0, f"is no SVG ({error.msg}): draw the figure again")
        return
    for element in root.iter(etree.Element):
        tag = etree.QName(element).localname
        if tag.lower() in ACTIVE_TAGS:
            yield Fault(name, element.sourceline or 0, f"holds `<{tag}>`: a figure is shapes and text only")
            continue
        styles = [element.text or ""] if tag == "style" else element.attrib.values()
        if found := next((found for style in styles if (found := LOADS.search(style))), None):
            yield Fault(name, element.sourceline or 0, f"loads `{shorten(found[0])}`: a figure stands alone")
        for attribute, value in element.attrib.items():
            plain = etree.QName(attribute).localname.lower()
            if plain.startswith("on"):
                yield Fault(name, element.sourceline or 0, f"holds the event handler `{plain}`: remove it")
            elif plain in ("href", "src") and not OWN_ADDRESS.match(value.strip()):
                yield Fault(name, element.sourceline or 0, f"loads or links `{shorten(value)}`: a figure "
                                                           "stands alone")


def _is_good_name(path: Path) -> bool:
    wanted = syllabus.NAME.match(path.stem) if path.suffix in PAGES else NAME.fullmatch(path.name)
    return bool(wanted) and not WINDOWS.match(path.name)


def _hidden(name: str, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        if found := SECRET.search(line):
            yield Fault(name, number, f"shows what looks like a key (`{found[0][:6]}…`): remove it, and "
                                      "revoke it where it was issued, because history keeps it")
        if line.isascii() and line.isprintable():
            continue
        if (found := INVISIBLE.search(line)) and found[0] not in BROKEN:
            yield Fault(name, number, files.unseen(ord(found[0])))
        if found := LOOK_ALIKE.search(line):
            yield Fault(name, number, f"`{found[0]}` mixes Cyrillic and Latin letters that look alike: write "
                                      "the word in one alphabet")
