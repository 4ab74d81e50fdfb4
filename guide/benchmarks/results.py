"""benchmarks/results.json, with every repeat and its conditions, and the table that is made from it."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from guide.faults import Fault
from guide.fingerprint import remember

RESULTS = "benchmarks/results.json"
TABLE = "benchmarks/README.md"
OURS = "guide"
COLUMNS = {OURS: "the guide", "mkdocs": "MkDocs", "properdocs": "ProperDocs", "zensical": "Zensical"}
VERSIONS = ("mkdocs", "mkdocs-material", "mkdocstrings", "pymdown-extensions", "typst", "playwright")

HEAD = """\
# Benchmarks

Made by `make benchmarks` from [results.json](results.json), which holds every repeat; do not edit it here.
Numbers are medians of the repeats. The ratio is ours divided by Zensical's, or for the growth the time per
page divided by that at the fewest pages: below 1 is better. CPU counts user and system time of all processes,
memory is the peak of the largest process, wall is what a clock shows. Times depend on the machine and on what
else it does: compare what stands in one row.

Everybody builds from the same mkdocs.yml. Zensical passes over what it does not know: the plugin for
notebooks (the pages that are compared hold none) and MkDocs' settings for links. It writes its own theme's
files, and keeps what it rendered in a folder of its own, as the guide does.
"""


@dataclass(frozen=True)
class Row:
    """One thing that was measured: for us, and where it makes sense for others."""

    what: str
    unit: str
    values: dict[str, list[float]]  # by who was measured, a key of COLUMNS; every repeat
    how: str = ""  # conditions of this row
    limit: float | None = None  # the command fails above it
    ratio: float | None = None  # where it is not ours to Zensical's

    @property
    def ours(self) -> float:
        return statistics.median(self.values[OURS])

    @property
    def compared(self) -> float | None:
        """Ours to Zensical's, or the ratio that the row brings."""
        theirs = self.values.get("zensical")
        return self.ours / statistics.median(theirs) if theirs else self.ratio


def conditions(commit: str) -> dict:
    """When and on what: nothing that names the machine or its owner."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "commit": commit,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory": _memory(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in VERSIONS if _installed(name)},
    }


def keep(root: Path, group: str, measured_under: Mapping, rows: list[Row]) -> None:
    """Put a group's rows in the place of its old ones and make the table anew."""
    path = root / RESULTS
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rounded = [{**asdict(row), "values": {who: [_rounded(value) for value in values]
                                          for who, values in row.values.items()},
                "ratio": row.ratio and _rounded(row.ratio)} for row in rows]
    found[group] = {"conditions": dict(measured_under), "rows": rounded}
    remember(path, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    remember(root / TABLE, table(found))


def table(found: Mapping) -> str:
    """The page that shows what results.json holds."""
    lines = [HEAD, f"| group | what | unit | {' | '.join(COLUMNS.values())} | ratio | how |",
             "| --- | --- | --- | " + "--: | " * (len(COLUMNS) + 1) + "--- |"]
    for group, content in _ordered(found):
        for entry in content["rows"]:
            row = Row(**entry)
            cells = [_shown(row.values.get(who)) for who in COLUMNS]
            ratio = f"{row.compared:.2f}" if row.compared is not None else ""
            repeats = max(map(len, row.values.values()))
            how = [row.how] * bool(row.how) + [f"{repeats} repeats"] * (repeats > 1)
            if row.limit:
                how.append(f"at most {_number(row.limit)}")
            lines.append(f"| {' | '.join([group, row.what, row.unit, *cells, ratio, '; '.join(how)])} |")
    lines += ["", "## Conditions", "",
              "| group | date | commit | processor | cores | memory | load before | Python | took |",
              "| --- | --- | --- | --- | --: | --: | --: | --- | --: |"]
    for group, content in _ordered(found):
        it = content["conditions"]
        lines.append(f"| {group} | {it['date']} | {it['commit']} | {it['processor']} | {it['cores']} "
                     f"| {it['memory']} GiB | {it['load']} | {it['python']}, {it['system']} "
                     f"| {_number(it['took'])} s |")
    versions = {name: version for _, content in _ordered(found)
                for name, version in content["conditions"]["versions"].items()}
    lines += ["", "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + "."]
    return "\n".join(lines) + "\n"


def sentence(row: Row) -> str:
    """A row as one line of a terminal."""
    values = ", ".join(f"{COLUMNS[who]} {_shown(values)}" for who, values in row.values.items())
    return f"{row.what}: {values} {row.unit}" + (f" (ratio {row.compared:.2f})" if row.compared else "")


def too_much(row: Row) -> Fault:
    message = f"{_number(row.ours)} {row.unit} for {row.what}, at most {_number(row.limit)} allowed"
    return Fault(RESULTS, 0, f"{message}: find what grew, or say in guide/benchmarks/ why the limit is wrong")


def _ordered(found: Mapping) -> list[tuple[str, Mapping]]:
    from guide.benchmarks import GROUPS

    return [(group, found[group]) for group in GROUPS if group in found]


def _shown(values: list[float] | None) -> str:
    return _number(statistics.median(values)) if values else ""


def _number(value: float) -> str:
    """Three digits are more than a repeat gives.

    >>> _number(0.01234), _number(98.76), _number(2434.4), _number(3)
    ('0.012', '98.8', '2,434', '3')
    """
    if value == round(value) or abs(value) >= 1000:
        return f"{round(value):,}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2g}"


def _rounded(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.4g}")


def _installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def commit(root: Path) -> str:
    """The commit that is measured, `-dirty` if files were changed since."""
    try:
        done = subprocess.run(["git", "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"],
                              capture_output=True, text=True)
    except OSError:
        return "unknown"
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    for line in cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []:
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):
        return None
