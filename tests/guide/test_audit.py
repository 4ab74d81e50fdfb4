"""What a page weighs, a server like that of the published site, and what becomes of Lighthouse's reports."""

import gzip
import urllib.error
import urllib.request

import pytest

from guide import audit
from guide.faults import GuideError

PAGE = """<!doctype html><html><head><link rel="canonical" href="https://example.org/guide/data/">
<link rel="stylesheet" href="../a.css"><link rel="preload" href="../m.woff2"></head><body>
<img src="../a.svg" alt=""><img src="../a.svg" alt=""><script type="module" src="../main.js"></script></body>
</html>"""


@pytest.fixture
def site(tmp_path):
    files = {
        "index.html": PAGE.replace("../", "").replace("/data/", "/"),
        "data/index.html": PAGE,
        "404.html": PAGE.replace("../", "/guide/"),
        "a.css": "a { color: red }" * 100, "a.svg": "<svg/>" * 100, "m.woff2": "m" * 100,
        "main.js": 'import { b } from "./b.js";\nimport("./late.js");\n', "b.js": 'import "./c.js";',
        "c.js": 'import "./b.js";\n' + "// c" * 50, "late.js": "// late" * 1000,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def size(text: bytes) -> int:
    return len(gzip.compress(text, 6, mtime=0))


@pytest.mark.parametrize("page", ["data/index.html", "404.html"])
def test_a_page_weighs_what_it_asks_for_once_and_compressed(site, page):
    found = audit.weights(site, site / page)
    assert found == {
        "html": size((site / page).read_bytes()), "css": size((site / "a.css").read_bytes()),
        "pictures": size((site / "a.svg").read_bytes()), "woff2": 100,
        "js": sum(size((site / name).read_bytes()) for name in ("main.js", "b.js", "c.js")),
    }


def test_the_server_compresses_under_the_path_of_the_site(site):
    with audit.serving(site) as address:
        assert address.endswith("/guide/")
        with urllib.request.urlopen(address + "data/") as response:
            assert gzip.decompress(response.read()) == PAGE.encode()
            assert response.headers["Content-Encoding"] == "gzip"
            assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        with urllib.request.urlopen(address + "m.woff2") as response:
            assert response.read() == b"m" * 100
            assert response.headers["Content-Encoding"] is None
            assert "charset" not in response.headers["Content-Type"]
        for missing in (address + "nowhere/", address.replace("/guide/", "/data/")):
            with pytest.raises(urllib.error.HTTPError, match="404") as error:
                urllib.request.urlopen(missing)
            assert gzip.decompress(error.value.read()) == (site / "404.html").read_bytes()


@pytest.mark.parametrize(
    ("index", "slowdown"), [(3000, 10.3), (1533, 4.0), (1300, 3.0), (1299, 3.0), (900, 2.2), (800, 2.0),
                            (799, 2.0), (600, 1.69), (150, 1.0), (50, 1.0)])
def test_the_phone_is_slower_than_this_machine_by_what_lighthouse_measured(index, slowdown):
    assert audit.slowdown([{"environment": {"benchmarkIndex": index}}]) == slowdown


def report(performance: float, index: int, **scores: float | None) -> dict:
    audits = {name: {"title": name.upper(), "score": score} for name, score in scores.items()}
    audits |= {name: {"title": name, "score": 1, "numericValue": performance * 1000}
               for name in audit.METRICS}
    categories = {name: {"score": 1, "auditRefs": [{"id": each} for each in audits]}
                  for name in audit.CATEGORIES}
    categories["performance"]["score"] = performance
    return {"audits": audits, "categories": categories, "environment": {"benchmarkIndex": index},
            "lighthouseVersion": "13.5.0"}


def test_the_median_counts_and_each_failed_audit_is_named_once():
    found = audit.summary([report(0.9, 800, lang=1, contrast=0.5), report(0.5, 1300, lang=0, contrast=0.4),
                           report(1, 1533, lang=None, contrast=1)])
    assert found["scores"] == {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100}
    assert found["metrics"]["speed-index"] == 900
    assert found["failed"] == {"contrast": "CONTRAST", "lang": "LANG"}
    assert found["machine"] == {"index": 1300, "slowdown": 3.0, "lighthouse": "13.5.0", "runs": 3}
    text = audit.table({"home": {"page": "/", **found}})
    assert "home (/): performance 90, accessibility 100" in text
    assert "    contrast: CONTRAST" in text


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    with pytest.raises(GuideError, match="run `make site` first"):
        audit.audit(tmp_path)
    with pytest.raises(GuideError, match="no kind of page is called shop: choose from home, "):
        audit.audit(tmp_path, ["shop"])
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text(PAGE)
    monkeypatch.setattr(audit, "LIGHTHOUSE", tmp_path / "index.js")
    with pytest.raises(GuideError, match=r"run `python3 -m guide\.install audit`"):
        audit.audit(tmp_path)
