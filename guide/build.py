"""From docs/ to site/: check, build, finish, and only then replace what was there."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from guide import (
    accessibility,
    book,
    cards,
    deck,
    downloads,
    exercises,
    machine_readable,
    notebooks,
    offline,
    redirects,
    search,
    security,
    social,
    styles,
)
from guide.check import check
from guide.faults import GuideError
from guide.fingerprint import contents, fingerprint, remember, remembered
from guide.garbage import seldom_collected
from guide.incremental import build_pages

WORK = ".build"
BUILT = "site.built"

# Steps that read the finished site, in order. Each gets the project's root and the site's folder.
# Those that write pages stand before "the security policy", which looks at all of them; those that
# only read pages (book, deck, offline copy) stand after it.
STEPS: list[tuple[str, Callable[[Path, Path], None]]] = [
    ("notebook pages", notebooks.finish),
    ("the search index", search.finish),
    ("cards", cards.finish),  # before the exercises add code to the pages
    ("exercises", exercises.finish),
    ("what programs read", machine_readable.finish),
    ("link previews", social.finish),
    ("redirects", redirects.finish),
    ("the style sheet", styles.finish),
    ("names and roles", accessibility.finish),
    ("the security policy", security.finish),
    ("the Anki deck", deck.finish),
    ("the offline copy", offline.finish),
    ("the book", book.finish),
    ("sizes of the downloads", downloads.finish),
]


@seldom_collected()
def build(root: Path) -> Path:
    """Build the whole site; ``site/`` changes only if everything succeeded, and not if nothing changed.

    Returns:
        The folder of the site.

    Raises:
        GuideError: With all faults found; ``site/`` is then as it was.
    """
    start = time.perf_counter()
    before = fingerprint(root)
    if (root / "site").exists() and remembered(root / WORK / BUILT).startswith(f"{before} "):
        step("Done: nothing changed since the last build")
        return root / "site"
    step("Checking pages, snippets and figures")
    faults = check(root)
    if faults:
        raise GuideError(*faults)
    fresh = root / WORK / "site"
    shutil.rmtree(fresh, ignore_errors=True)
    step("Building the pages")
    build_pages(root, fresh)
    for name, finish in STEPS:
        step(f"Finishing {name}")
        finish(root, fresh)
    (root / WORK / BUILT).unlink(missing_ok=True)
    replace(fresh, root / "site")
    remember(root / WORK / BUILT, f"{before} {contents(root / 'site')}")
    step(f"Done in {time.perf_counter() - start:.1f} s")
    return root / "site"


def is_current(root: Path) -> bool:
    """Whether ``site/`` holds, to the byte, what was built from the project as it is now."""
    site = root / "site"
    return site.exists() and remembered(root / WORK / BUILT) == f"{fingerprint(root)} {contents(site)}"


def step(message: str) -> None:
    print(f"  {message} …" if not message.startswith("Done") else f"  {message}", flush=True)


def replace(fresh: Path, target: Path) -> None:
    """Put ``fresh`` where ``target`` is in one step, so that no reader and no kill sees half a site."""
    if not target.exists():
        fresh.rename(target)
        return
    if not _exchange(fresh, target):
        old = fresh.with_name("site.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        fresh.rename(target)
        fresh = old
    shutil.rmtree(fresh)


def _exchange(a: Path, b: Path) -> bool:
    """Swap two folders atomically where the system can (Linux); False where it cannot."""
    if sys.platform != "linux":
        return False
    at_working_folder, exchange = -100, 2
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    return renameat2(at_working_folder, os.fsencode(a), at_working_folder, os.fsencode(b), exchange) == 0
