"""What Ruff finds in code that cannot work, or that does more than compute, as faults.

Its rules about style are left to `make test`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from guide.faults import Fault, shorten

SETTINGS = "pyproject.toml"
RULES = (
    "B006", "B015", "B017", "B018", "D100", "D417", "E722", "E9", "F403", "F6", "F7", "F811", "F821", "FIX",
    "NPY", "PLC24", "PLW0127", "PLW0128", "PLW0129", "PLW0603", "S102", "S110", "S301", "S307", "S602",
    "S605", "T10", "TID",
)
NOT_TO_BE_RUN = ("S", "TID", "NPY")  # starts of rules about code that does more than compute


def lint(root: Path) -> list[tuple[Fault, bool]]:
    """Each fault that Ruff finds, and whether its module must not be run; none without settings."""
    if not (root / SETTINGS).exists():
        return []
    command = [sys.executable, "-m", "ruff", "check", f"--select={','.join(RULES)}",
               "--output-format=json", "--exit-zero", "."]
    result = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8")
    try:
        return [_fault(root, problem) for problem in json.loads(result.stdout)]
    except ValueError:
        line = re.search(r"at line (\d+)", result.stderr)
        reason = shorten(re.sub(r"^.*(?=Failed to parse)|^\s*(Cause:)?|[|^]", "", result.stderr.strip()), 200)
        place = int(line[1]) if line else 0
        fault = Fault(SETTINGS, place, f"the linter stops ({reason}): mend its settings")
        return [(fault, True)]


def _fault(root: Path, problem: dict) -> tuple[Fault, bool]:
    path = Path(problem["filename"]).relative_to(root.resolve()).as_posix()
    code, fix = problem["code"] or "", problem["fix"] or {}
    if code == "TID251":  # its own message says what to do
        cure = ""
    elif fix.get("message"):
        cure = f": {fix['message'][0].lower()}{fix['message'][1:]}"
    else:
        cure = f": `ruff rule {code}` says how" if code and code != "invalid-syntax" else ""
    fault = Fault(path, problem["location"]["row"], f"{problem['message'].rstrip('.')}{cure}")
    return fault, code.startswith(NOT_TO_BE_RUN)
