"""Whether anything changed since a command last succeeded."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

FOLDERS = ("docs", "snippets", "tests", "guide", "benchmarks", "requirements", ".github")
FILES = ("mkdocs.yml", "pyproject.toml", "Makefile", "README.md", "CONTRIBUTING.md", "LICENSE", ".ci/run")
GENERATED = {"__pycache__", "node_modules", ".ipynb_checkpoints"}
SETTINGS = ("GUIDE_SITE", "GUIDE_REPOSITORY", "SOURCE_DATE_EPOCH", "CHROMIUM")


def fingerprint(root: Path) -> str:
    """One hash over everything that the site and its tests depend on."""
    return _hash(root, _commit(root), set())


def fingerprint_without(root: Path, names: set[str]) -> str:
    """The same over all files but some, named from the project's root, and whatever the commit."""
    return _hash(root, b"", names)


def _hash(root: Path, commit: bytes, without: set[str]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in SETTINGS:
        digest.update(f"{name}={os.environ.get(name)}\0".encode())
    digest.update(commit)
    paths = [root / name for name in FILES]
    for folder in FOLDERS:
        paths += [path for path in (root / folder).rglob("*")
                  if not GENERATED & set(path.relative_to(root).parts) and path.is_file()]
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        if name not in without and path.exists():
            digest.update(name.encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def contents(folder: Path) -> str:
    """One hash over the names and bytes of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def remembered(record: Path) -> str:
    """The fingerprint of the last success; empty if there was none."""
    return record.read_text(encoding="utf-8") if record.exists() else ""


def remember(record: Path, value: str) -> None:
    """Keep a fingerprint, whole or not at all."""
    record.parent.mkdir(parents=True, exist_ok=True)
    half = record.with_suffix(".new")
    half.write_text(value, encoding="utf-8")
    half.replace(record)


def _commit(root: Path) -> bytes:
    """The commit, which dates the book; a copy without git has none."""
    try:
        result = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True)
    except OSError:
        return b""
    return result.stdout if result.returncode == 0 else b""
