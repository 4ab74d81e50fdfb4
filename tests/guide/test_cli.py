"""What a person sees of each command: its arguments arrive, and its faults end it in words."""

import argparse

import pytest

from guide import cli
from guide.faults import Fault, GuideError


def run(monkeypatch, *words: str) -> None:
    monkeypatch.setattr("sys.argv", ["guide", *words])
    cli.main()


@pytest.fixture
def called(project, monkeypatch):
    """The arguments of each command, which does nothing else."""
    monkeypatch.chdir(project.root)
    arguments = []

    def note(root, parsed):
        assert root == project.root
        arguments.append(parsed)

    monkeypatch.setattr(cli, "COMMANDS", {name: (note, text) for name, (_, text) in cli.COMMANDS.items()})
    return arguments


@pytest.mark.parametrize(("words", "parsed"), [
    ("site", {}),
    ("serve", {"port": 8000}),
    ("serve --port 9000", {"port": 9000}),
    ("new data leakage", {"topic": "data", "name": "leakage", "question": ""}),
    ("new data leakage Why?", {"topic": "data", "name": "leakage", "question": "Why?"}),
    ("check", {}),
    ("figures", {"answers": []}),
    ("figures data/leakage data/bias", {"answers": ["data/leakage", "data/bias"]}),
    ("test", {"quick": False, "force": False}),
    ("test --quick --force", {"quick": True, "force": True}),
    ("mutants", {"answers": [], "workers": 2}),
    ("mutants data/leakage --workers 1", {"answers": ["data/leakage"], "workers": 1}),
    ("practise", {"exercise": None, "fresh": False, "once": False, "hints": False}),
    ("practise 3 --fresh --once --hints", {"exercise": "3", "fresh": True, "once": True, "hints": True}),
    ("benchmarks build growth", {"groups": ["build", "growth"]}),
    ("audit", {"kinds": [], "runs": 3}),
    ("audit home --runs 1", {"kinds": ["home"], "runs": 1}),
    ("exits", {}),
])
def test_arguments_arrive(called, monkeypatch, words, parsed):
    run(monkeypatch, *words.split())
    assert [vars(one) for one in called] == [{"command": words.split()[0], **parsed}]


@pytest.mark.parametrize("words", ["", "sight", "serve --port eight", "new data", "mutants --workers two"])
def test_a_mistyped_command_is_explained(called, monkeypatch, capsys, words):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, *words.split())
    assert ended.value.code == 2
    assert "usage: python -m guide" in capsys.readouterr().err
    assert called == []


def test_help_names_every_command(called, monkeypatch, capsys):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--help")
    assert ended.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    for name, (_, text) in cli.COMMANDS.items():
        assert f"{name} {text}" in printed


def test_another_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "check")
    assert "there is no mkdocs.yml here: run the command in the project's root folder" in ended.value.code


@pytest.mark.parametrize(("faults", "count"), [
    ([Fault("docs/a.md", 3, "is empty")], "1 fault."),
    ([Fault("docs/a.md", 3, "is empty"), Fault("docs/b.md", 0, "is empty")], "2 faults."),
])
def test_faults_are_printed_and_counted(project, monkeypatch, capsys, faults, count):
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("guide.check.check", lambda root: faults)
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "check")
    assert ended.value.code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.split("\n")[1:] == [*map(str, faults), "", count, ""]


def test_a_sound_project_is_said_to_be(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("guide.check.check", lambda root: [])
    run(monkeypatch, "check")
    assert capsys.readouterr().out == "Every page, snippet, test, figure and source is in order.\n"


def test_an_interrupt_ends_as_the_shell_expects(project, monkeypatch):
    def interrupted(root, arguments):
        raise KeyboardInterrupt

    monkeypatch.chdir(project.root)
    monkeypatch.setitem(cli.COMMANDS, "check", (interrupted, ""))
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "check")
    assert ended.value.code == 130


def test_new_names_what_it_wrote(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    run(monkeypatch, "new", "data", "class_imbalance", "What is class imbalance?")
    printed = capsys.readouterr().out
    for name in ("docs/data/class_imbalance.md", "snippets/data/class_imbalance.py",
                 "tests/data/test_class_imbalance.py"):
        assert f"  {name}\n" in printed
        assert (project.root / name).exists()
    assert "Replace every sentence that begins with" in printed


def test_figures_draws_only_what_it_is_asked_for(project, monkeypatch, capsys):
    monkeypatch.chdir(project.root)
    monkeypatch.setattr("guide.figures.draw", lambda module, function: "<svg>ü</svg>\n")
    before = project.read("docs/training/clipping.svg")
    with pytest.raises(GuideError, match="no figure found for data/leakage: name answers as <topic>/<stem>"):
        cli.figures(project.root, argparse.Namespace(answers=["data/leakage"]))
    assert project.read("docs/training/clipping.svg") == before
    for answers in ([], ["training/clipping"]):
        project.write("docs/training/clipping.svg", before)
        cli.figures(project.root, argparse.Namespace(answers=answers))
        assert project.read("docs/training/clipping.svg") == "<svg>ü</svg>\n"
    assert capsys.readouterr().out == "  docs/training/clipping.svg\n" * 2


@pytest.mark.parametrize(("accessibility", "faults"), [
    (100, []),
    (98, ["home: accessibility is 98, not 100"]),
])
def test_audit_fails_for_all_scores_but_performance(project, monkeypatch, capsys, accessibility, faults):
    asked = []
    scores = {"home": {"scores": {"performance": 50, "accessibility": accessibility}}}
    monkeypatch.setattr("guide.audit.audit", lambda *arguments: asked.append(arguments) or scores)
    monkeypatch.setattr("guide.audit.table", lambda results: f"table of {len(results)}")
    arguments = argparse.Namespace(kinds=["home"], runs=1)
    if faults:
        with pytest.raises(GuideError) as raised:
            cli.audit(project.root, arguments)
        assert [fault.message for fault in raised.value.faults] == [
            f"{line}: the audits that failed stand above" for line in faults]
    else:
        cli.audit(project.root, arguments)
    assert asked == [(project.root, ["home"], 1)]
    assert capsys.readouterr().out == "table of 1\n"


@pytest.mark.parametrize(("once", "solved", "code"), [
    (True, False, 1),
    (True, True, None),
    (False, False, None),
])
def test_practise_once_tells_the_shell(project, monkeypatch, once, solved, code):
    asked = []
    monkeypatch.setattr("guide.practise.practise", lambda *arguments: asked.append(arguments) or solved)
    arguments = argparse.Namespace(exercise="data/leakage", fresh=False, once=once, hints=True)
    if code:
        with pytest.raises(SystemExit) as ended:
            cli.practise(project.root, arguments)
        assert ended.value.code == code
    else:
        cli.practise(project.root, arguments)
    assert asked == [(project.root, "data/leakage", False, once, True)]
