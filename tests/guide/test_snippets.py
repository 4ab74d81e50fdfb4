"""A module's name says what it is, and its marked sections are found."""

import ast

import pytest

from guide import snippets
from guide.snippets import Snippet


@pytest.mark.parametrize(("path", "stem", "kind", "test"), [
    ("snippets/data/k_means.py", "k_means", "numpy", "tests/data/test_k_means.py"),
    ("snippets/data/k_means_torch.py", "k_means", "torch", "tests/data/test_k_means_torch.py"),
    ("snippets/data/k_means_mistakes.py", "k_means", "mistakes", "tests/data/test_k_means_mistakes.py"),
    ("snippets/data/k_means_experiment.py", "k_means", "experiment", "tests/data/test_k_means_experiment.py"),
    ("snippets/data/k_means_figure.py", "k_means", "figure", "tests/data/test_k_means_figure.py"),
    ("snippets/data/torchlight.py", "torchlight", "numpy", "tests/data/test_torchlight.py"),
])
def test_name_is_taken_apart_and_put_together(path, stem, kind, test):
    snippet = snippets.parse(path)
    assert (snippet.topic, snippet.stem, snippet.kind) == ("data", stem, kind)
    assert snippet.path == path
    assert snippet.test == test
    assert snippet.module == path.removesuffix(".py").replace("/", ".")


def test_module_without_topic_keeps_its_path():
    assert snippets.parse("snippets/lost.py").path == "snippets/lost.py"
    assert snippets.parse("snippets/a/b/lost.py") == Snippet("a/b", "lost", "numpy")


def test_all_modules_are_found_in_order(tmp_path):
    for name in ("b/two.py", "a/one_torch.py", "a/one.py", "a/notes.txt"):
        path = tmp_path / "snippets" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert [snippet.name for snippet in snippets.find(tmp_path)] == ["one", "one_torch", "two"]


def test_sections_have_the_lines_of_their_marks():
    text = ("# --8<-- [start:a]\nx = 1\n    # --8<-- [start:b-2]\n    y = 2\n    # --8<-- [end:b-2]\n"
            "# --8<-- [end:a]\n")
    assert snippets.sections(text) == ({"b-2": (3, 5), "a": (1, 6)}, [])
    assert snippets.section_names(text) == {"a", "b-2"}


@pytest.mark.parametrize(("text", "line", "words"), [
    ("# --8<-- [start:a]\n", 1, "has no end"),
    ("x\n# --8<-- [end:a]\n", 2, "never started"),
    ("# --8<-- [start:a]\n# --8<-- [end:a]\n# --8<-- [start:a]\n# --8<-- [end:a]\n", 3, "a second time"),
    ("# --8<-- [start:a]\n# --8<-- [start:a]\n# --8<-- [end:a]\n", 2, "a second time"),
    ("x = 1  # --8<-- [start:a]\n", 1, "on a line of its own"),
    ("# --8<-- [start:A]\n", 1, "lower case"),
    ("# --8<-- [begin:a]\n", 1, "not understood"),
])
def test_wrong_marks_are_named(text, line, words):
    wrong = snippets.sections(text)[1]
    assert [number for number, _ in wrong] == [line]
    assert words in wrong[0][1]


def test_figures_of_a_module():
    text = ("def figure():\n    def figure_inner(): ...\ndef figure_a(x): ...\ndef figures(): ...\n"
            "figure = 1\n")
    assert snippets.figures(text) == ["", "_a"]


def test_statements_are_found_in_every_part_of_another():
    text = """
class A:
    def f(self):
        with self:
            import a
for _ in ():
    import b
else:
    import c
try:
    import d
except ImportError:
    import e
else:
    import f
finally:
    import g
match 1:
    case 1:
        import h
"""
    found = [node for node in snippets.statements(ast.parse(text)) if isinstance(node, ast.Import)]
    assert [node.names[0].name for node in found] == list("abcdefgh")
