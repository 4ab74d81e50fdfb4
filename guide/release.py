"""Which state of the guide this is: version and time, the same on every machine that builds it."""

from __future__ import annotations

import datetime
import os
import subprocess
import tomllib
from pathlib import Path

from guide.faults import GuideError


def version(root: Path) -> str:
    """The version that pyproject.toml names."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def epoch(root: Path) -> int:
    """Seconds since 1970 of the state that is built; every file we make is dated with it.

    ``SOURCE_DATE_EPOCH`` if it is set, as https://reproducible-builds.org/specs/source-date-epoch/
    asks; else the last commit's time; else, in an unpacked archive, the newest page's time, which
    archives take from the commit.

    Raises:
        GuideError: If ``SOURCE_DATE_EPOCH`` is no whole number of seconds.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given:
        if not given.isdecimal():
            raise GuideError(f"SOURCE_DATE_EPOCH is `{given}`: set it to whole seconds since 1970, "
                             "or unset it")
        return int(given)
    try:
        # The folder may lie inside another repository, whose commits say nothing about the guide.
        top = _git(root, "rev-parse", "--show-toplevel")
        if top and Path(top).resolve() == root.resolve():
            return int(_git(root, "log", "-1", "--format=%ct"))
    except (OSError, ValueError):
        pass  # no git on this machine, or no commit yet
    return max(int(path.stat().st_mtime) for path in [root / "mkdocs.yml", *root.glob("docs/**/*.md")])


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True).stdout.strip()


def date(root: Path) -> datetime.datetime:
    """The time of :func:`epoch` in UTC."""
    return datetime.datetime.fromtimestamp(epoch(root), datetime.UTC)
