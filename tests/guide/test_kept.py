"""What was made is found again, only for the very same content, and never at the cost of a build."""

import sqlite3

import pytest

from guide import kept


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "mkdocs.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Maker:
    def __init__(self, text: str = "made"):
        self.text = text
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        return self.text


def forget_process() -> None:
    """As if another process asked."""
    kept._Kept.of.cache_clear()


def test_a_text_is_made_once_for_all_processes(here):
    make = Maker("∇ made")
    assert kept.text(make, "a", recipe="r") == "∇ made"
    forget_process()
    assert kept.text(make, "a", recipe="r") == "∇ made"
    assert make.calls == 1


@pytest.mark.parametrize(("content", "recipe"), [(("a", "c"), "r"), (("ab",), "r"), (("a", "b"), "other")])
def test_other_content_or_another_recipe_is_made_anew(here, content, recipe):
    kept.text(Maker("old"), "a", "b", recipe="r")
    assert kept.text(Maker("new"), *content, recipe=recipe) == "new"


def test_the_recipe_follows_the_files_it_is_made_from(here):
    file = here / "code.py"
    file.write_text("1")
    before = kept.recipe(("lxml",), (file,))
    file.write_text("2")
    kept.recipe.cache_clear()
    assert kept.recipe(("lxml",), (file,)) != before
    assert kept.recipe((), (file,)) != kept.recipe(("lxml",), (file,))


def test_what_was_not_used_for_longest_goes_first(here, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    for day, name in enumerate("abc"):
        forget_process()
        monkeypatch.setattr(kept.time, "time", lambda day=day: day * kept.DAY)
        kept.text(Maker(), name, recipe="r")
    forget_process()
    monkeypatch.setattr(kept.time, "time", lambda: 3 * kept.DAY)
    old, recent = Maker(), Maker()
    kept.text(recent, "b", recipe="r")
    kept.text(recent, "c", recipe="r")
    kept.text(old, "a", recipe="r")
    assert (recent.calls, old.calls) == (0, 1)


def test_two_builds_at_once_share_what_they_made(here):
    one, other = kept._Kept(here), kept._Kept(here)
    for number in range(20):
        (one if number % 2 else other).put(bytes([number]), str(number))
    assert [one.get(bytes([number])) for number in range(20)] == list(map(str, range(20)))
    assert [other.get(bytes([number])) for number in range(20)] == list(map(str, range(20)))


def test_while_another_build_holds_the_file_the_text_is_made(here, monkeypatch):
    kept.text(Maker(), "a", recipe="r")
    other = sqlite3.connect(here / kept.FOLDER / kept.FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    forget_process()
    monkeypatch.setattr(kept, "SECONDS", 0)
    assert kept.text(Maker("new"), "b", recipe="r") == "new"
    other.close()


def test_a_damaged_file_is_replaced(here):
    (here / kept.FOLDER).mkdir(parents=True)
    (here / kept.FOLDER / kept.FILE).write_bytes(b"no database at all" * 100)
    assert kept.text(Maker(), "a", recipe="r") == "made"
    forget_process()
    kept.text(Maker(), "a", recipe="r")
    forget_process()
    make = Maker()
    kept.text(make, "a", recipe="r")
    assert make.calls == 0


def test_a_damaged_text_is_made_anew(here):
    kept.text(Maker(), "a", recipe="r")
    with sqlite3.connect(here / kept.FOLDER / kept.FILE) as file:
        file.execute("UPDATE kept SET text = x'00'")
    file.close()
    assert kept.text(Maker("new"), "a", recipe="r") == "new"


def test_a_folder_that_cannot_be_written_costs_time_only(here):
    (here / ".cache").write_text("a file where the folder belongs")
    assert kept.text(Maker(), "a", recipe="r") == "made"


def test_a_folder_without_a_project_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kept.text(Maker(), "a", recipe="r") == "made"
    assert list(tmp_path.iterdir()) == []
