"""YAML that knows its lines and refuses what YAML would let pass in silence."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from guide import files
from guide.faults import Fault, GuideError

# What YAML says, and what to do about it.
OPEN_QUOTE = "found unexpected end of stream"
CURES = {
    OPEN_QUOTE: "close the quote",
    "mapping values are not allowed here": "put text that holds a colon in quotes",
    "found character '\\t' that cannot start any token": "use spaces instead of the tab",
    "found character '`' that cannot start any token": "put text that starts with a backtick in quotes",
    "found character '@' that cannot start any token": "put text that starts with @ in quotes",
    "could not find expected ':'": "write `key: value`, with a space after the colon",
}

Lines = dict[tuple[str, ...], int]


class _Strict:
    """Without references and types: the first make a small file endless, the second surprise."""

    def compose_node(self, parent: yaml.Node, index: Any) -> yaml.Node:
        event = self.peek_event()
        if event.anchor or getattr(event, "tag", None):
            problem = "`&`, `*` and `!` are not used in this guide: write the value out, or put it in quotes"
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)


class _Loader(_Strict, yaml.SafeLoader):
    """Words its complaints as CURES knows them."""


try:
    from yaml.cyaml import CParser

    class _FastLoader(_Strict, Composer, CParser, SafeConstructor, Resolver):
        """The same with libyaml's parser, which is several times as fast and words complaints differently."""

        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)
            Composer.__init__(self)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)
except ImportError:  # PyYAML was built without libyaml
    _FastLoader = _Loader


def load(text: str, path: str, first_line: int = 1) -> tuple[dict[str, Any], Lines]:
    """Read a mapping, and the line of each of its keys and list items.

    Keys stay the text that was written, also where YAML 1.1 would read `no` as false.

    Args:
        text: The YAML.
        path: The file it stands in, for messages.
        first_line: The line of that file at which ``text`` starts.

    Returns:
        The mapping, and ``{("key", "inner key"): line}``; list items are keyed by their index as text.

    Raises:
        GuideError: For a syntax error, a repeated key, or anything that is not a mapping.
    """
    lines: Lines = {}
    try:
        try:
            loader = _FastLoader(text)
            node = loader.get_single_node()
        except yaml.YAMLError:
            loader = _Loader(text)
            node = loader.get_single_node()
        data = {} if node is None else _read(loader, node, (), lines, path, first_line)
    except yaml.YAMLError as error:
        raise GuideError(explain(error, text, path, first_line)) from None
    except RecursionError:
        message = "YAML is nested too deeply: write plain lists"
        raise GuideError(Fault(path, first_line, message)) from None
    if not isinstance(data, dict):
        raise GuideError(Fault(path, first_line, "expected `key: value` lines"))
    return data, lines


def explain(error: yaml.YAMLError, text: str, path: str, first_line: int = 1) -> Fault:
    """What PyYAML raised, with its place and a cure where one is known."""
    if isinstance(error, yaml.reader.ReaderError):
        line = first_line + text[: error.position].count("\n")
        return Fault(path, line, files.unseen(error.character))
    problem = getattr(error, "problem", None) or str(error).split("\n")[0]
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if problem == OPEN_QUOTE:
        marks.reverse()  # where the quote opens, not where the file ends
    mark = next((mark for mark in marks if mark), None)
    cure = f": {CURES[problem]}" if problem in CURES else ""
    return Fault(path, first_line + (mark.line if mark else 0), f"YAML cannot be read: {problem}{cure}")


def _read(loader: SafeConstructor, node: yaml.Node, keys: tuple[str, ...], lines: Lines, path: str,
          first_line: int) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping = {}
        for key, value in node.value:
            line = first_line + key.start_mark.line
            if not isinstance(key, yaml.ScalarNode):
                raise GuideError(Fault(path, line, "a list or mapping stands as a key: write `key: value`"))
            here = (*keys, key.value)
            if here in lines:
                raise GuideError(Fault(path, line, f"`{key.value}` stands here a second time, "
                                                   f"first in line {lines[here]}: keep one"))
            lines[here] = line
            mapping[key.value] = _read(loader, value, here, lines, path, first_line)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, value in enumerate(node.value):
            here = (*keys, str(index))
            lines[here] = first_line + value.start_mark.line
            items.append(_read(loader, value, here, lines, path, first_line))
        return items
    try:
        return loader.construct_object(node)
    except ValueError:
        line = first_line + node.start_mark.line
        raise GuideError(Fault(path, line, f"`{node.value[:40]}` looks like a number or a date and is none: "
                                           "put it in quotes")) from None
