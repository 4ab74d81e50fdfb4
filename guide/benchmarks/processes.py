"""A program as a process of its own, and what it cost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from guide.faults import GuideError, shorten
from guide.install import ROOT


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
    log = folder / "output.log"
    start = time.perf_counter()
    with open(log, "wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            _, status, usage = os.wait4(process.pid, 0)  # its own and its children's
        except BaseException:
            process.kill()
            process.wait()
            raise
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode:
        text = log.read_text(encoding="utf-8", errors="replace")
        said = [line for line in text.splitlines() if line.strip()]
        name = shorten(" ".join(command[1:]), 40)
        raise GuideError(f"`{name}` ended with {process.returncode}; its last words: {' '.join(said[-2:])}")
    in_mib = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / in_mib)
