"""What git remembers of the pages: when each appeared, and which are gone.

A copy without history, such as an unpacked archive, answers with nothing, and what
depends on it is left out.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PAGE = re.compile(r"docs/.+\.(md|ipynb)\Z")


def first_seen(root: Path) -> dict[str, int]:
    """Seconds since 1970 of the commit that brought each page of docs/, a move not counted."""
    seen: dict[str, int] = {}
    for when, change in reversed(_changes(root)):
        status, *paths = change
        if status == "A":
            seen[paths[0]] = when
        elif status.startswith("R"):
            seen[paths[1]] = seen.pop(paths[0], when)
    return seen


def gone(root: Path) -> set[str]:
    """Pages that a commit holds or held and that docs/ holds no more."""
    named = {path for _, (_, *paths) in _changes(root) for path in paths if PAGE.match(path)}
    return {path for path in named if not (root / path).exists()}


def _changes(root: Path) -> list[tuple[int, list[str]]]:
    """Additions, removals and moves of pages, newest first, each with its commit's time."""
    command = ["git", "-C", str(root), "-c", "core.quotePath=false", "log", "--format=@%ct", "--name-status",
               "-M", "--diff-filter=ADR", "--relative", "--", "docs"]
    try:
        result = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return []  # no git on this machine
    found, when = [], 0
    for line in result.stdout.splitlines() if result.returncode == 0 else []:
        if line.startswith("@"):
            when = int(line[1:])
        elif line:
            found.append((when, line.split("\t")))
    return found
