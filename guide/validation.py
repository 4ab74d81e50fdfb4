"""Pydantic's complaints in the guide's words: what is wrong with a field, and what to write instead."""

from __future__ import annotations

from typing import Any

from guide.faults import shorten


def explain(problem: dict[str, Any]) -> str:
    """The second half of a sentence that starts with the field's name."""
    kind, given, context = problem["type"], problem.get("input"), problem.get("ctx", {})
    if given is None and kind != "missing":
        return "is empty: write its value, or remove the line"
    if kind == "string_type":
        if isinstance(given, list | dict):
            return "takes one text: write it without brackets"
        return f"is not text for YAML, which reads it as {type(given).__name__} {given}: put it in quotes"
    if kind == "list_type":
        return f"takes a list: write `[{given}]`"
    if kind == "too_short":
        return "has no entry: write at least one"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "takes `key: value` lines: write them below it, indented"
    if kind in ("string_too_short", "string_too_long"):
        bound = context.get("min_length", context.get("max_length"))
        word = "at least" if kind == "string_too_short" else "at most"
        return f"has {len(given)} characters: write {word} {bound}"
    if kind == "literal_error":
        return f"is `{shorten(str(given))}`: write one of {context['expected']}"
    if kind.startswith("int_"):
        return f"is `{shorten(str(given))}`: write a whole number"
    if kind == "greater_than_equal":
        return f"is {given}: write {context['ge']} or more"
    if kind == "value_error":
        return problem["msg"].removeprefix("Value error, ")
    return f"is `{shorten(str(given))}`: {problem['msg'].lower()}"
