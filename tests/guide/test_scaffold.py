"""A new answer starts from green, in the right places, or nothing is written at all."""

import subprocess
import sys
from pathlib import Path

import pytest

from guide import scaffold
from guide.check import check
from guide.faults import GuideError

TRAINING = {
    "docs/training/momentum.md",
    "snippets/training/momentum.py",
    "tests/training/test_momentum.py",
    "mkdocs.yml",
}


def contents(project) -> dict[str, bytes]:
    return {path.relative_to(project.root).as_posix(): path.read_bytes()
            for path in project.root.rglob("*") if path.is_file()}


def refused(project, *arguments) -> str:
    before = contents(project)
    with pytest.raises(GuideError) as raised:
        scaffold.new(project.root, *arguments)
    assert contents(project) == before
    return str(raised.value)


def test_what_is_written_passes_every_check(project):
    assert set(scaffold.new(project.root, "training", "momentum", "")) == TRAINING
    assert check(project.root) == []
    assert "# What does momentum do?" in project.read("docs/training/momentum.md")


def test_the_linter_is_content_with_it(project):
    scaffold.new(project.root, "training", "momentum", "")
    settings = Path(__file__).parents[2] / "pyproject.toml"
    written = [str(project.root / name) for name in TRAINING if name.endswith(".py")]
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(settings), *written]
    result = subprocess.run(command, cwd=project.root, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_its_tests_pass_and_can_fail(project):
    scaffold.new(project.root, "training", "momentum", "")
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", "--doctest-modules", "-o",
               "pythonpath=.", "-p", "no:cacheprovider", "tests/training", "snippets/training/momentum.py"]
    assert subprocess.run(command, cwd=project.root, capture_output=True).returncode == 0
    project.replace("snippets/training/momentum.py", "return 2.0 * x", "return 3.0 * x")
    assert subprocess.run(command, cwd=project.root, capture_output=True).returncode == 1


def test_the_page_stands_last_in_its_topic(project):
    scaffold.new(project.root, "training", "momentum", "")
    expected = "      - training/clipping.md\n      - training/momentum.md\n  - Data:"
    assert expected in project.read("mkdocs.yml")


def test_a_topic_without_reference_page_gets_one(project):
    project.append("docs/syllabus.yml", "\nlanguage_models:\n  scaling: What does a larger model need?\n")
    index = project.read("docs/data/index.md").replace("data", "language_models")
    project.add_page("language_models/index.md", index)
    written = scaffold.new(project.root, "language_models", "scaling", "")
    reference = "reference/language_models.md"
    assert f"docs/{reference}" in written
    assert f"      - reference/training.md\n      - {reference}\n" in project.read("mkdocs.yml")
    assert "# Reference: language models\n" in project.read(f"docs/{reference}")
    assert check(project.root) == []


@pytest.mark.parametrize("question", [
    "What is drift: a shift?", 'What is "drift"?', "What is C# for?", "- why?", "Is a \\ a backslash?",
])
def test_a_new_question_is_added_to_the_syllabus_as_it_is_asked(project, question):
    scaffold.new(project.root, "training", "drift", question)
    from guide import syllabus

    added = syllabus.load(project.root).questions["drift"]
    assert (added.topic, added.text) == ("training", question)
    text = project.read("docs/syllabus.yml")
    assert text.index("drift:") < text.index("\ndata:")


def test_what_cannot_be_is_refused_with_what_to_do(project):
    assert "did you mean `training`" in refused(project, "trainin", "momentum", "")
    assert "name `Label-Smoothing`" in refused(project, "training", "Label-Smoothing", "Why?")
    assert "name ``" in refused(project, "training", "", "Why?")
    assert 'question="Why …?"' in refused(project, "training", "drift", "")
    assert "make new topic=data name=leakage" in refused(project, "training", "leakage", "")
    assert "exists already" in refused(project, "training", "clipping", "")


def test_nothing_is_left_when_writing_fails(project):
    project.write("tests/training/nested/x.py", "")
    before = contents(project)
    project.root.joinpath("tests/data").write_text("a file where a folder belongs")
    with pytest.raises(GuideError, match="nothing was changed"):
        scaffold.new(project.root, "data", "drift", "What is drift?")
    project.remove("tests/data")
    assert contents(project) == before
