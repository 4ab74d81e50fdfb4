"""A program as a process of its own, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from guide.faults import GuideError, shorten
from guide.install import ROOT

# Linux counts the memory of whoever starts a program as the program's own, so a small process starts it,
# whatever the caller has grown to.
LAUNCH = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[2:]).returncode
wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump([code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss], file)
"""


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of CPU, and MiB of the largest process at its peak."""

    wall: float
    cpu: float
    memory: float


def run(command: list[str], folder: Path, **settings: str) -> Cost:
    """Run a program in ``folder`` with the guide's code in reach and wait for it.

    Raises:
        GuideError: If it fails, with its last words.
    """
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT),
                   "PYTHONDONTWRITEBYTECODE": "1", **settings}
    log, told = folder / "output.log", folder / "cost.json"
    with open(log, "wb") as output:
        subprocess.run([sys.executable, "-c", LAUNCH, str(told), *command], cwd=folder, env=environment,
                       stdout=output, stderr=output)
    code, wall, cpu, memory = json.loads(told.read_text(encoding="utf-8"))
    told.unlink()
    if code:
        text = log.read_text(encoding="utf-8", errors="replace")
        said = [line for line in text.splitlines() if line.strip()]
        name = shorten(" ".join(command[1:]), 40)
        raise GuideError(f"`{name}` ended with {code}; its last words: {' '.join(said[-2:])}")
    in_mib = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(wall, cpu, memory / in_mib)
