"""Keep the ways out of MkDocs open: the same mkdocs.yml built by ProperDocs and by Zensical, and compared.

Runs in an environment of its own (`make exits`), on a copy of the project, because
Zensical always writes into ``site/``. Only notebook pages may be missing there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lxml import html

from guide import pages
from guide.faults import Fault, GuideError
from guide.install import ROOT, environment_python
from guide.notebooks import page_address

GENERATORS = ("mkdocs", "properdocs", "zensical")
COPIED = ("docs", "snippets", "tests", "guide", "mkdocs.yml")


def compare(root: Path) -> None:
    """Build three times, compare pages and anchors.

    Raises:
        GuideError: Naming each page or anchor that one of the exits loses or adds.
    """
    notebooks = {page_address(page.source) for page in pages.read(root)[0] if page.is_notebook}
    built: dict[str, dict[str, set[str]]] = {}
    with tempfile.TemporaryDirectory(prefix="guide-exits-") as folder:
        for generator in GENERATORS:
            print(f"  Building with {generator} …", flush=True)
            site = _build(root, Path(folder) / generator, generator)
            built[generator] = {
                name: anchors for name, anchors in read_anchors(site).items() if name not in notebooks
            }
    faults = []
    for generator in GENERATORS[1:]:
        faults += differences(built["mkdocs"], built[generator], generator)
    if faults:
        raise GuideError(*faults)
    anchors = sum(map(len, built["mkdocs"].values()))
    print(
        f"  {len(built['mkdocs'])} pages with {anchors} anchors are the same in all three; "
        f"{len(notebooks)} notebook page{'s' * (len(notebooks) != 1)} left out of the comparison."
    )


def _build(root: Path, copy: Path, generator: str) -> Path:
    copy.mkdir()
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"), symlinks=True)
        else:
            shutil.copy(source, copy / name)
    environment = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    python = environment_python(ROOT / ".venv-exits")
    if not python.exists():
        raise GuideError("the environment for the exits is missing: run `python3 -m guide.install exits`")
    result = subprocess.run(
        [str(python), "-m", generator, "build", "-f", "mkdocs.yml", "--strict"],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        tail = "\n".join((result.stdout + result.stderr).strip().splitlines()[-15:])
        print(tail, file=sys.stderr)
        raise GuideError(
            f"{generator} does not build this mkdocs.yml any more; the end of its output stands above"
        )
    return copy / "site"


def read_anchors(site: Path) -> dict[str, set[str]]:
    """The ids in the article of every page, by the page's folder."""
    found = {}
    for path in sorted(site.rglob("index.html")):
        article = html.fromstring(path.read_text(encoding="utf-8")).find(".//article")
        if article is not None:
            name = path.parent.relative_to(site).as_posix()
            # Line numbers of code blocks are counted per generator and are never linked to.
            found[name] = {
                identifier for identifier in article.xpath(".//@id") if not identifier.startswith("__")
            }
    return found


def differences(expected: dict[str, set[str]], found: dict[str, set[str]], generator: str) -> list[Fault]:
    """What ``generator`` loses or adds, one fault for each page."""
    faults = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            faults.append(Fault(name, 0, f"{generator} does not build this page"))
        elif name not in expected:
            faults.append(Fault(name, 0, f"{generator} builds this page, MkDocs does not"))
        elif lost := sorted(expected[name] - found[name]):
            faults.append(
                Fault(name, 0, f"{generator} loses the anchors {', '.join(lost[:5])} ({len(lost)} in all)")
            )
        elif added := sorted(found[name] - expected[name]):
            faults.append(
                Fault(name, 0, f"{generator} adds the anchors {', '.join(added[:5])} ({len(added)} in all)")
            )
    return faults
