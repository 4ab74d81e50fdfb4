"""The Python part of build.sh.

    wasm_wheel.py pyconfig SYSCONFIGDATA TEMPLATE OUT
        pyconfig.h of Pyodide's CPython, rebuilt from its _sysconfigdata module (which merges the
        Makefile and pyconfig.h variables), with another CPython's pyconfig.h as the template.

    wasm_wheel.py wheel SITE OUT --version V --python-tag T --platform P --license FILE [--keep-tests]
        A reproducible wheel from an installed NumPy: files in fixed order, fixed dates, without
        tests, f2py, headers, type stubs and the test-only extension modules.

Tested with Python 3.11 against the form used for the wheel in this folder: byte-identical pyconfig.h,
and the same files with the same contents in the wheel. (That wheel's RECORD entry carries its build
time; here it has the fixed date too, so two runs on the same input give the same bytes.)
"""
import argparse
import base64
import hashlib
import importlib.util
import re
import zipfile
from pathlib import Path

# "#define NAME value" or "/* #undef NAME */"
SETTING = re.compile(r"\s*(?:#\s*define\s+(?P<defined>\w+)|/\*\s*#\s*undef\s+(?P<undefined>\w+)\s*\*/)")

DROPPED = re.compile(
    r"(^|/)(tests|f2py|_pyinstaller|__pycache__|include)/"
    r"|\.(h|a|pxd|pyi|pyf|ini|lib|c|build)$"
    r"|/(conftest|_configtool)\.py$"
    r"|_(umath|operand_flag|rational|struct_ufunc)_tests\.cpy|_simd\."
)
DATE = (2026, 1, 1, 0, 0, 0)


def pyconfig(sysconfigdata: Path, template: Path, out: Path) -> None:
    spec = importlib.util.spec_from_file_location("sysconfigdata", sysconfigdata)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = module.build_time_vars

    lines = []
    for line in template.read_text().splitlines(keepends=True):
        match = SETTING.match(line)
        name = match and (match["defined"] or match["undefined"])
        if not match or name == "Py_PYCONFIG_H":
            lines.append(line)
        elif name not in target and match["defined"] and name.startswith("_"):
            lines.append(line)                      # compiler feature macros, e.g. _GNU_SOURCE
        elif target.get(name) in (None, 0, ""):
            lines.append(f"/* #undef {name} */\n")
        else:
            lines.append(f"#define {name} {target[name]}\n")
    out.write_text("".join(lines))


def record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def wheel(site: Path, out: Path, version: str, python_tag: str, platform: str, license_file: Path,
          keep_tests: bool = False) -> None:
    files = {}
    for path in (site / "numpy").rglob("*"):
        name = path.relative_to(site).as_posix()
        if path.is_file() and "__pycache__" not in name and (keep_tests or not DROPPED.search(name)):
            files[name] = path.read_bytes()

    info = f"numpy-{version}.dist-info"
    metadata = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: numpy\nVersion: {version}\n"
                            "License-Expression: BSD-3-Clause\n".encode(),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: mkwheel\nRoot-Is-Purelib: false\n"
                         f"Tag: {python_tag}-{python_tag}-{platform}\n".encode(),
        f"{info}/licenses/LICENSE.txt": license_file.read_bytes(),
    }

    members = [*sorted(files.items()), *metadata.items()]
    record = [f"{name},sha256={record_hash(data)},{len(data)}" for name, data in members]
    record.append(f"{info}/RECORD,,\n")
    members.append((f"{info}/RECORD", "\n".join(record).encode()))

    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members:
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)

    content = out.read_bytes()
    print(f"{out}: {len(files)} files, {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    config = commands.add_parser("pyconfig")
    for argument in ("sysconfigdata", "template", "out"):
        config.add_argument(argument, type=Path)

    pack = commands.add_parser("wheel")
    pack.add_argument("site", type=Path)
    pack.add_argument("out", type=Path)
    pack.add_argument("--version", required=True)
    pack.add_argument("--python-tag", required=True)
    pack.add_argument("--platform", required=True)
    pack.add_argument("--license", required=True, type=Path, dest="license_file")
    pack.add_argument("--keep-tests", action="store_true")

    arguments = vars(parser.parse_args())
    {"pyconfig": pyconfig, "wheel": wheel}[arguments.pop("command")](**arguments)


if __name__ == "__main__":
    main()
