"""Python and NumPy for the browser: whole, checked, and with their licenses."""

import hashlib
import json
import re
import shutil
import tomllib
import zipfile

import pytest

from guide import install


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    target = tmp_path_factory.mktemp("vendor") / "python"
    install.vendor_python(target)
    return target


def test_the_lock_names_numpy_alone_and_its_checksum(python):
    lock = json.loads((python / "pyodide-lock.json").read_text())
    assert list(lock["packages"]) == ["numpy"]
    numpy = lock["packages"]["numpy"]
    assert numpy["sha256"] == hashlib.sha256((python / numpy["file_name"]).read_bytes()).hexdigest()
    assert numpy["depends"] == []


def test_the_page_gets_the_numpy_that_the_tests_use(python):
    project = tomllib.loads((install.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = next(
        line for line in project["project"]["optional-dependencies"]["test"] if line.startswith("numpy==")
    )
    lock = json.loads((python / "pyodide-lock.json").read_text())
    assert f"numpy=={lock['packages']['numpy']['version']}" == wanted


def test_sizes_are_those_of_the_files(python):
    sizes = json.loads((python / "sizes.json").read_text())
    assert sizes == {
        path.name: path.stat().st_size
        for path in python.iterdir()
        if path.is_file() and path.name != "sizes.json"
    }


def test_every_license_is_published(python):
    licenses = {
        path.relative_to(python / "licenses").as_posix()
        for path in (python / "licenses").rglob("*")
        if path.is_file()
    }
    assert {"README.txt", "Pyodide-MPL-2.0.txt", "CPython-PSF-2.0.txt", "numpy/LICENSE.txt"} <= licenses
    # NumPy's pyproject.toml lists 17 notices for what is built from its source.
    assert sum(name.startswith("numpy/") for name in licenses) == 17


def test_the_wheel_holds_numpy_and_nothing_that_compiles(python):
    names = zipfile.ZipFile(next(python.glob("*.whl"))).namelist()
    assert "numpy/__init__.py" in names
    assert {name.split("/")[0] for name in names} == {"numpy", "numpy-2.4.6.dist-info"}


def test_a_wheel_that_is_not_the_one_named_is_refused(tmp_path, monkeypatch):
    copy = tmp_path / "numpy-wasm"
    shutil.copytree(install.NUMPY, copy)
    wheel = next(copy.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes() + b"!")
    monkeypatch.setattr(install, "NUMPY", copy)
    with pytest.raises(SystemExit, match="is not the file that SHA256SUMS names"):
        install.vendor_python(tmp_path / "python")
    assert not (tmp_path / "python" / wheel.name).exists()


def test_the_styles_of_formulas_name_the_fonts_that_are_there_and_no_others(tmp_path):
    install.vendor_katex(tmp_path / "katex")
    text = (tmp_path / "katex" / "katex.min.css").read_text()
    fonts = {path.relative_to(tmp_path / "katex").as_posix() for path in tmp_path.rglob("*.woff2")}
    assert len(fonts) == 20
    assert set(re.findall(r"url\(([^)]*)\)", text)) == fonts
    assert text.count("@font-face{") == text.count('format("woff2")}') == 20
