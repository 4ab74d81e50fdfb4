"""After a change only the pages that show it are rendered again, and nobody can tell from the site."""

import shutil
from pathlib import Path

import pytest
from mkdocs.structure.pages import Page

from guide import incremental
from guide.faults import GuideError

pytestmark = pytest.mark.slow

CLIPPING, LEAKAGE = "docs/training/clipping.md", "docs/data/leakage.md"
WORDS = "word " * 400  # two minutes more to read
MODULE = "\n::: snippets.training.clipping\n    options:\n      heading_level: 3\n"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """What one build of each project kept, for all tests."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def built(buildable, kept, monkeypatch):
    """A project whose pages were built once, and the pages that MkDocs renders after that."""
    buildable.add_notebook()
    if not (kept / "pages.json").exists():
        incremental.build_pages(buildable.root, buildable.root / "first")
        shutil.copytree(buildable.root / ".cache", kept, dirs_exist_ok=True)
    else:
        shutil.copytree(kept, buildable.root / ".cache")
    buildable.rendered = []
    render = Page.render

    def counted(page, config, files):
        buildable.rendered.append(page.file.src_uri)
        return render(page, config, files)

    monkeypatch.setattr(Page, "render", counted)
    return buildable


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*") if path.is_file()}


def forget(project) -> None:
    (project.root / incremental.RECORD).unlink(missing_ok=True)
    shutil.rmtree(project.root / incremental.FOLDER, ignore_errors=True)


def built_again(project) -> list[str]:
    """The pages rendered for the next build, which is the same to the byte as one that knows nothing."""
    again, whole = project.root / "again", project.root / "whole"
    project.rendered.clear()
    incremental.build_pages(project.root, again)
    rendered = project.rendered.copy()
    kept = files(project.root / incremental.FOLDER)
    forget(project)
    incremental.build_pages(project.root, whole)
    assert files(again) == files(whole)
    assert kept == files(project.root / incremental.FOLDER)
    return sorted(rendered)


def to_render(project) -> set[str] | None:
    """The pages that the next build would render again; None for all."""
    return incremental._changed(project.root, incremental._sources(project.root))


def test_a_change_of_text_renders_the_page_that_holds_it(built):
    built.replace(CLIPPING, "One step on a cliff", "One single step on a cliff")
    assert built_again(built) == ["training/clipping.md"]
    assert "One single step" in built.read("again/training/clipping/index.html")


def test_the_next_change_finds_what_the_last_one_made(built):
    built.replace(CLIPPING, "One step on a cliff", "One single step on a cliff")
    incremental.build_pages(built.root, built.root / "between")
    built.replace(LEAKAGE, "Split first, by group or by time.", "Split first.")
    assert built_again(built) == ["data/leakage.md"]
    assert "One single step" in built.read("again/training/clipping/index.html")


def test_lists_follow_how_long_a_page_takes_to_read(built):
    built.append(LEAKAGE, f"\n{WORDS}\n")
    assert built_again(built) == ["data/index.md", "data/leakage.md", "index.md", "training/index.md"]
    assert "3 min" in built.read("again/data/index.html")


@pytest.mark.parametrize(("file", "old", "new"), [
    (CLIPPING, "title: Gradient clipping", "title: Clipping of gradients"),  # stands in every navigation
    (CLIPPING, "# Do you clip gradients", "# When do you clip gradients"),
    (CLIPPING, "level: core", "level: deep"),
    (LEAKAGE, "aliases: []", "aliases: [target leak]"),
    ("docs/syllabus.yml", "What is leakage?", "What is leakage in data?"),
    ("docs/references.yml", "year: 2013", "year: 2012"),
    ("snippets/training/clipping.py", "at most ``bound``", "no more than ``bound``"),
    ("docs/training/clipping.svg", "<svg ", "<svg width='9' "),
    ("mkdocs.yml", "site_name: ", "site_name: The "),
])
def test_what_other_pages_may_show_renders_all(built, file, old, new):
    text = built.read(file)
    assert old in text
    built.write(file, text.replace(old, new, 1))
    assert to_render(built) is None


def test_a_page_more_or_less_renders_all(built):
    front = built.read(LEAKAGE).split("---")[1].replace("answers: [leakage]\n", "")
    front = "\n".join(line for line in front.splitlines() if line.startswith(("title", "description")))
    built.write("docs/extra.md", f"---\n{front}\n---\n\n# One more\n")
    assert to_render(built) is None
    built.remove("docs/extra.md")
    assert to_render(built) == {"training/momentum.ipynb"}
    built.remove("docs/questions.md")
    assert to_render(built) is None


def test_a_module_that_a_page_shows_renders_all_for_the_inventory(built):
    built.append("docs/questions.md", MODULE)
    assert to_render(built) is None
    incremental.build_pages(built.root, built.root / "with")
    built.replace("docs/questions.md", "heading_level: 3", "heading_level: 4")
    assert to_render(built) is None


def test_a_setting_renders_all(built, monkeypatch):
    monkeypatch.setenv("GUIDE_SITE", "https://elsewhere.example/")
    assert to_render(built) is None


def test_another_version_of_a_library_renders_all(built, monkeypatch):
    monkeypatch.setattr(incremental.metadata, "distributions", list)
    assert to_render(built) is None


def test_a_commit_renders_nothing(built, monkeypatch):
    monkeypatch.setattr("guide.fingerprint._commit", lambda root: b"another")
    assert to_render(built) == {"training/momentum.ipynb"}


def said(project) -> list[str]:
    with pytest.raises(GuideError) as raised:
        incremental.build_pages(project.root, project.root / "again")
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize("text", [
    "See [leakage](../data/leekage.md).",
    "See [leakage](../data/leakage.md#nowhere).",
    "See [below](#nowhere).",
    "See [an object][snippets.training.clipping.nothing].",
    "This was [@nobody1999].",
])
def test_a_fault_is_told_by_a_build_of_all_pages(built, text):
    built.append(CLIPPING, f"\n{text}\n")
    (fault,) = said(built)
    assert "training/clipping.md" in fault
    assert len(built.rendered) > 5  # told by a build of all pages


def test_a_place_that_is_gone_is_missed_by_the_page_that_leads_there(built):
    built.append(LEAKAGE, "\nSee [why](../training/clipping.md#why).\n")
    assert built_again(built) == ["data/leakage.md"]
    built.replace(CLIPPING, "## Why\n", "## Reasons\n")
    (fault,) = said(built)
    assert "data/leakage.md" in fault
    assert "#why" in fault


def test_a_build_that_stops_leaves_nothing_to_go_by(built, monkeypatch):
    def killed(*arguments):
        raise KeyboardInterrupt

    built.replace(CLIPPING, "One step on a cliff", "One single step on a cliff")
    with monkeypatch.context() as during:
        during.setattr(incremental, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            incremental.build_pages(built.root, built.root / "again")
    assert to_render(built) is None


def test_a_kept_page_that_is_missing_renders_all(built):
    shutil.rmtree(built.root / incremental.FOLDER / "data")
    assert to_render(built) is None
