"""The syllabus is read in its order, and every fault in it is named at once."""

from pathlib import Path

import pytest

from guide import syllabus
from guide.faults import GuideError

ROOT = Path(__file__).parents[2]


def write(root: Path, text: str) -> None:
    (root / "docs").mkdir()
    (root / syllabus.PATH).write_text(text, encoding="utf-8")


def test_questions_keep_the_order_of_the_file(tmp_path):
    write(tmp_path, "b_topic:\n  z: Why z?\n  a: 'Why a: and not b?'\n\na_topic:\n  m: Why m?\n")
    found = syllabus.load(tmp_path)
    assert found.topics == ["b_topic", "a_topic"]
    assert list(found.questions) == ["z", "a", "m"]
    assert [question.text for question in found.of_topic("b_topic")] == ["Why z?", "Why a: and not b?"]
    assert found.questions["m"] == syllabus.Question("m", "a_topic", "Why m?")


def test_words_that_yaml_takes_for_truth_values_are_slugs(tmp_path):
    write(tmp_path, "data:\n  no: Why no?\n  on: Why on?\n  null: Why null?\n")
    assert list(syllabus.load(tmp_path).questions) == ["no", "on", "null"]


def test_all_faults_are_reported_with_their_lines(tmp_path):
    write(tmp_path, "data:\n  Bad: Why?\n  good:\nempty: 3\nmore:\n  x: Why?\n  y: 5\n")
    with pytest.raises(GuideError) as caught:
        syllabus.load(tmp_path)
    assert [(fault.path, fault.line) for fault in caught.value.faults] == [
        (syllabus.PATH, line) for line in (2, 3, 4, 7)]


def test_empty_file_promises_nothing(tmp_path):
    write(tmp_path, "# nothing yet\n")
    assert syllabus.load(tmp_path).questions == {}


@pytest.mark.parametrize("name", ["a", "k_means", "resnet50"])
def test_names_that_can_be_addresses(name):
    assert syllabus.NAME.match(name)


@pytest.mark.parametrize("name", ["", "A", "_a", "1a", "a-b", "a b", "a\n", "\u0430dam", "a/b", "a.b"])
def test_names_that_cannot_be_addresses(name):
    assert not syllabus.NAME.match(name)


def test_own_syllabus_can_be_read():
    found = syllabus.load(ROOT)
    assert len(found.questions) > 100
    assert {question.topic for question in found.questions.values()} == set(found.topics)
