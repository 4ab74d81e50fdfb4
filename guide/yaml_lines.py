"""YAML that knows its lines and refuses what YAML would let pass in silence."""

from __future__ import annotations

import yaml

from guide.faults import Fault, GuideError


class _Loader(yaml.SafeLoader):
    """SafeLoader in which a key stands once, and a date or a yes stays the text that was written."""


# YAML 1.1 reads `2024-01-01` as a date and `no` as false; nothing in this guide wants either.
_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers
             if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(text: str, path: str, first_line: int = 1) -> tuple[dict, dict[tuple[str, ...], int]]:
    """Read a mapping, and the line of each of its keys and list items.

    Args:
        text: The YAML.
        path: The file it stands in, for messages.
        first_line: The line of that file at which ``text`` starts.

    Returns:
        The mapping, and ``{("key", "inner key"): line}``; list items are keyed by their index as text.

    Raises:
        GuideError: For a syntax error, a repeated key, or anything that is not a mapping.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
        lines: dict[tuple[str, ...], int] = {}
        if node is not None:
            _walk(node, (), lines, path, first_line)
        data = yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        raise GuideError(Fault(path, line, f"YAML cannot be read: {error.problem}")) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise GuideError(Fault(path, first_line, f"YAML cannot be read: {reason}")) from None
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise GuideError(Fault(path, first_line, "expected `key: value` lines"))
    return data, lines


def _walk(node: yaml.Node, keys: tuple[str, ...], lines: dict, path: str, first_line: int) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*keys, str(key.value))
            line = first_line + key.start_mark.line
            if here in lines:
                raise GuideError(Fault(path, line, f"`{key.value}` stands here a second time, "
                                                   f"first in line {lines[here]}: keep one"))
            lines[here] = line
            _walk(value, here, lines, path, first_line)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            here = (*keys, str(index))
            lines[here] = first_line + value.start_mark.line
            _walk(value, here, lines, path, first_line)
