"""Whether a test can fail: what it asserts, and whether it ever gets there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

RAISES = re.compile(r"(^|[._])(assert|check)\w*$|pytest\.(raises|fail|warns)$|gradcheck$")
CATCHES_ALL = {"AssertionError", "Exception", "BaseException"}
METHODS = {"all", "any"}  # whose name without a call is always true


def can_fail(function: ast.FunctionDef, module: ast.Module) -> bool:
    """Whether a test reaches an assertion that a wrong result breaks, itself or through a function."""
    helpers = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    return _any(function.body, {**helpers, **_inner(function)}, frozenset({function.name}))


def _inner(function: ast.FunctionDef) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in ast.walk(function)
            if isinstance(node, ast.FunctionDef) and node is not function}


def _any(body: Iterable[ast.AST], helpers: dict[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    for node in body:
        if _one(node, helpers, seen):
            return True
        if isinstance(node, ast.Return | ast.Continue | ast.Break):
            return False  # nothing below is reached
    return False


def _one(node: ast.AST, helpers: dict[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.Assert):
        return _decides(node.test)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return False  # counts where it is used
    if isinstance(node, ast.Name) and node.id in helpers and node.id not in seen:
        return _any(helpers[node.id].body, helpers, seen | {node.id})
    if isinstance(node, ast.Call) and RAISES.search(ast.unparse(node.func)):
        return not (len(node.args) > 1 and _same(*node.args[:2]))
    if isinstance(node, ast.If) and isinstance(node.test, ast.Constant):
        return _any(node.body if node.test.value else node.orelse, helpers, seen)
    if isinstance(node, ast.For) and isinstance(node.iter, ast.List | ast.Tuple) and not node.iter.elts:
        return False
    if isinstance(node, ast.With) and any("suppress(" in ast.unparse(item) for item in node.items):
        return False
    if isinstance(node, ast.Try) and any(_swallows(handler) for handler in node.handlers):
        inside = [*(handler.body for handler in node.handlers), node.orelse, node.finalbody]
        return any(_any(body, helpers, seen) for body in inside)
    blocks = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
    rest = [value for _, value in ast.iter_fields(node) if isinstance(value, ast.AST)]
    return any(_any([item for item in block if isinstance(item, ast.AST)], helpers, seen)
               for block in [*blocks, rest])


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Whether what an assertion raises ends here."""
    names = CATCHES_ALL
    if handler.type:
        names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & CATCHES_ALL) and not any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def _decides(test: ast.expr) -> bool:
    """Whether a condition depends on what the code computes, and says more than that there is something."""
    if isinstance(test, ast.BoolOp):
        decide = all if isinstance(test.op, ast.Or) else any
        return decide(_decides(value) for value in test.values)
    if isinstance(test, ast.UnaryOp):
        return _decides(test.operand)
    if isinstance(test, ast.Compare):
        is_not_none = isinstance(test.ops[0], ast.IsNot) and ast.unparse(test.comparators[0]) == "None"
        # What is unequal to itself is NaN, which can be asserted.
        same = _same(test.left, test.comparators[0]) and not isinstance(test.ops[0], ast.NotEq)
        return not is_not_none and not same and _computes(test)
    if isinstance(test, ast.Call):
        return ast.unparse(test.func) != "isinstance"
    if isinstance(test, ast.Attribute):
        return test.attr not in METHODS
    return not isinstance(test, ast.Tuple) and _computes(test)


def _computes(node: ast.expr) -> bool:
    return any(isinstance(inner, ast.Name) for inner in ast.walk(node))


def _same(one: ast.expr, other: ast.expr) -> bool:
    return ast.dump(one) == ast.dump(other)
