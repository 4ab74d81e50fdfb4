"""The table is what the results give, a group is kept once it is measured, and each row's code measures."""

import json
import re
import sys
import time
from pathlib import Path

import pytest

from guide import benchmarks, build, mutation, pages, snippets, syllabus, testing
from guide.benchmarks import building, growth, preview, processes, projects, proof, reading, results
from guide.benchmarks.results import OURS, Row
from guide.check import check
from guide.faults import GuideError

ROOT = Path(__file__).resolve().parent.parent.parent
SMALL = ["classical", "deployment"]  # with links to each other and to topics that are left out


def committed() -> dict:
    return json.loads((ROOT / results.RESULTS).read_text(encoding="utf-8"))


def test_the_table_is_what_the_results_give():
    assert (ROOT / results.TABLE).read_text(encoding="utf-8") == results.table(committed())


def test_results_name_no_place_and_no_machine():
    text = (ROOT / results.RESULTS).read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.~])/(?:home|root|Users|tmp|private|var|opt|work)/|[A-Z]:\\\\|://", text) == []


def test_every_group_that_is_committed_exists_and_says_under_what_it_was_measured():
    for group, content in committed().items():
        assert group in benchmarks.GROUPS
        conditions = {"date", "commit", "processor", "cores", "memory", "load", "took"}
        assert conditions <= set(content["conditions"])
        assert content["rows"]
        assert all(row["values"][OURS] for row in content["rows"])


# What is kept


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """A project with nothing to measure, and three groups that measure it."""
    def well(root, scratch):
        assert scratch.is_dir()
        yield Row("a build", "s", {OURS: [2.0, 4.0, 3.0], "zensical": [6.0, 6.0, 5.0]}, "somehow")

    def badly(root, scratch):
        yield Row("half of it", "s", {OURS: [1.0]})
        raise GuideError("there is no site")

    def heavily(root, scratch):
        yield Row("a page", "KiB", {OURS: [301.0]}, limit=300)

    groups = {"well": well, "badly": badly, "heavily": heavily}
    monkeypatch.setattr(benchmarks, "GROUPS", {
        name: benchmarks.Group("nothing", 0, measure) for name, measure in groups.items()})
    return tmp_path


def test_a_group_is_kept_though_the_next_fails_and_its_repeats_stand_in_the_results(empty):
    with pytest.raises(GuideError, match="there is no site"):
        benchmarks.run(empty, ["well", "badly"])
    kept = json.loads((empty / results.RESULTS).read_text(encoding="utf-8"))
    assert list(kept) == ["well"]
    assert kept["well"]["rows"][0]["values"] == {"guide": [2.0, 4.0, 3.0], "zensical": [6.0, 6.0, 5.0]}
    assert "| well | a build | s | 3 |  |  | 6 | 0.50 | somehow; 3 repeats |" in (
        (empty / results.TABLE).read_text(encoding="utf-8"))


def test_measuring_one_group_again_leaves_the_others(empty):
    benchmarks.run(empty, ["well"])
    with pytest.raises(GuideError):
        benchmarks.run(empty, ["heavily"])
    assert list(json.loads((empty / results.RESULTS).read_text(encoding="utf-8"))) == ["well", "heavily"]


def test_what_is_above_its_limit_fails_and_is_kept(empty):
    with pytest.raises(GuideError, match="301 KiB for a page, at most 300 allowed"):
        benchmarks.run(empty, ["heavily"])
    assert "301" in (empty / results.TABLE).read_text(encoding="utf-8")


def test_a_group_that_is_none_is_told_with_what_was_meant(empty):
    with pytest.raises(GuideError, match=r"`wel` is no group.*did you mean `well`"):
        benchmarks.run(empty, ["wel"])


# What is measured


def test_a_program_costs_the_cpu_that_it_uses_and_its_children_use(tmp_path):
    burn = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    twice = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); exec({burn!r})"
    start = time.perf_counter()
    cost = processes.run([sys.executable, "-c", twice], tmp_path)
    assert 0.6 <= cost.cpu <= cost.wall * 2 + 0.1
    assert cost.wall <= time.perf_counter() - start
    assert 4 < cost.memory < 500


def test_a_program_that_fails_is_told_with_its_last_words(tmp_path):
    with pytest.raises(GuideError, match=r"ended with 1.*no such thing"):
        processes.run([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


@pytest.fixture(scope="module")
def doubled(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("doubled")
    once = projects.sample(ROOT, tmp_path_factory.mktemp("once"), SMALL)
    twice = projects.sample(ROOT, folder, SMALL, times=2)
    added = sum(len(list((ROOT / "docs" / topic).glob("*.md"))) + 1 for topic in SMALL)  # and the reference
    assert twice == once + added
    return folder


def test_a_doubled_project_is_sound(doubled):
    found, faults = pages.read(doubled)
    assert faults == []
    slugs = [slug for page in found if page.is_answer for slug in page.front.answers]
    assert sorted(slugs) == sorted(set(slugs))
    assert set(slugs) <= set(syllabus.load(doubled).questions)
    sources = {page.source for page in found}
    for page in found:
        assert all(f"{name}.md" in sources for name in getattr(page.front, "prerequisites", []))
        assert all((doubled / "snippets" / include.file).exists() for include in page.includes)


def test_a_copy_shows_other_code_than_its_original(doubled):
    first, second = (doubled / "snippets" / topic / "k_means.py" for topic in ("classical", "classical_2"))
    assert "# copy 2" in second.read_text(encoding="utf-8")
    assert "# copy 2" not in first.read_text(encoding="utf-8")
    assert "classical_2/k_means.py:" in (doubled / "docs/classical_2/k_means.md").read_text(encoding="utf-8")


def test_the_whole_copy_has_no_traces_of_earlier_builds(project, tmp_path):
    project.write(".cache/kept", "")
    project.write("site/index.html", "")
    project.write("snippets/training/__pycache__/clipping.pyc", "")
    copy = projects.whole(project.root, tmp_path / "copy")
    assert (copy / "docs/training/clipping.md").exists()
    assert not list(copy.rglob(".cache")) + list(copy.rglob("site")) + list(copy.rglob("__pycache__"))


def test_time_that_grows_faster_than_the_pages_is_told():
    def ratio(seconds):
        per_page = {number: {"the pages": seconds(number) / number, "everything": seconds(number) / number}
                    for number in (60, 120, 240)}
        *_, last = growth.rows(per_page)
        return last.ours

    assert ratio(lambda number: 2 + 0.1 * number) < 1
    assert ratio(lambda number: 0.1 * number) == pytest.approx(1)
    assert ratio(lambda number: 0.1 * number + 0.0005 * number**2) > growth.MOST


def test_steps_are_those_that_the_build_announces(tmp_path, monkeypatch):
    def announce(root):
        for message in ("Checking", "Finishing the book", "Done in 1 s"):
            build.step(message)
            sum(number * number for number in range(200_000))

    monkeypatch.setattr(build, "step", build.step)  # the program replaces it
    monkeypatch.setattr(build, "build", announce)
    monkeypatch.chdir(tmp_path)
    exec(building.STEPS, {})
    rows = list(building._steps(tmp_path / "laps.json", "here"))
    clock = [row for row in rows if row.unit == "s wall"]
    assert [row.what for row in clock] == ["step: checking", "step: finishing the book"]
    assert all(row.ours > 0 for row in clock)


def test_a_sentence_on_a_page_is_a_change_that_shows(doubled):
    before = {path: path.read_bytes() for path in (doubled / "docs").rglob("*.md")}
    building.change(doubled)
    changed = [path for path, content in before.items() if path.read_bytes() != content]
    assert len(changed) == 1
    changed[0].write_bytes(before[changed[0]])


def test_a_whole_copy_that_was_changed_still_passes_the_check(project, tmp_path):
    copy = projects.whole(project.root, tmp_path / "copy")
    assert check(copy) == []
    building.change_soundly(copy)
    assert check(copy) == []
    before, after = (root / "docs/training/clipping.md" for root in (project.root, copy))
    assert before.read_bytes() != after.read_bytes()


def test_the_search_is_judged_by_the_first_three_pages_found():
    wanted = {"adam": "optimization/adam/", "gan": "generative/gan/", "elbow": "classical/k_means/"}
    found = [["optimization/adam/"], ["a/", "b/", "generative/gan/"],
             ["a/", "b/", "c/", "classical/k_means/"]]
    answers = [{"found": pages, "took": took} for pages, took in zip(found, (1.0, 9.0, 2.0), strict=True)]
    first, three, median, slowest = reading.search_rows(wanted, answers, "")
    assert first.ours == pytest.approx(100 / 3)
    assert three.ours == pytest.approx(200 / 3)
    assert (median.ours, slowest.ours) == (2.0, 2.0)


def test_a_query_that_stands_twice_is_told(tmp_path):
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / reading.QUERIES).write_text("a/b: adam |\n    sgd\nc/d: adam\n", encoding="utf-8")
    with pytest.raises(GuideError, match="`adam` is asked twice"):
        reading.queries(tmp_path)


def test_the_record_of_a_test_run_is_read(tmp_path):
    record = tmp_path / testing.RECORD
    record.parent.mkdir()
    record.write_text('<testsuites><testsuite tests="12" failures="1" errors="1" skipped="0" time="3.5"/>'
                      "</testsuites>", encoding="utf-8")
    assert [row.ours for row in proof.tests(tmp_path, tmp_path)] == [12, 2, 0, 3.5]


def test_a_record_that_is_missing_is_told(tmp_path):
    with pytest.raises(GuideError, match="make test"):
        list(proof.tests(tmp_path, tmp_path))
    with pytest.raises(GuideError, match="make mutants"):
        list(proof.mutants(tmp_path, tmp_path))


def test_explained_mutants_count_and_unexplained_ones_do_not(project):
    path = "snippets/training/clipping.py"
    survivors = [{"was": "a", "becomes": "b", "why": ""}, {"was": "c", "becomes": "d", "why": ""}]
    of = mutation._inputs(project.root, snippets.parse(path))["of"]
    project.write(f"{mutation.KEPT}/training_clipping.json",
                  json.dumps({"of": of, "path": path, "total": 10, "survivors": survivors}))
    project.write(mutation.EXPLAINED, json.dumps({path: [{"was": "a", "becomes": "b", "why": "the same"}]}))
    everything, training = proof.mutants(project.root, project.root)
    assert everything.ours == training.ours == 90
    assert "1 of 1 modules, 10 mutants, 8 noticed, 1 explained" in training.how
    with (project.root / path).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    with pytest.raises(GuideError, match="make mutants"):  # nothing is known of the module as it is now
        list(proof.mutants(project.root, project.root))


def test_sampled_mutants_of_the_guide_stand_beside_those_of_the_snippets(project):
    project.write("guide/__init__.py", "")
    survivor = {"was": "a", "becomes": "b", "why": "", "where": "guide.x"}
    project.write(f"{mutation.KEPT}/guide.json",
                  json.dumps({"path": "guide", "all": 1234, "total": 10, "survivors": [survivor]}))
    (row,) = proof.mutants(project.root, project.root)
    assert (row.what, row.ours) == ("mutants noticed or explained: guide", 90)
    assert row.how == "a sample of all 1,234, 10 mutants, 9 noticed, 0 explained"


# The rest builds pages.


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(projects, "third", lambda root: ["deployment"])


@pytest.mark.slow
def test_everybody_builds_the_same_pages_cold_and_after_a_change(small, tmp_path, monkeypatch):
    commands = {OURS: [sys.executable, "-c", building.PAGES],
                "mkdocs": [sys.executable, "-m", "mkdocs", "build"]}
    monkeypatch.setattr(building, "commands", lambda: commands)
    monkeypatch.setattr(building, "REPEATS", 1)
    monkeypatch.setattr(building, "CASES", ("nothing cached", "one page changed"))  # two builds are enough
    rows = list(building.compare(ROOT, tmp_path))
    assert len(rows) == 6
    assert all(set(row.values) == set(commands) and row.ours > 0 for row in rows)
    sites = [tmp_path / name / "site" for name in commands]
    built = [{path.relative_to(site) for path in site.rglob("index.html")} for site in sites]
    assert built[0] == built[1]
    assert Path("deployment/deploy_to_hardware/index.html") in built[0]


@pytest.mark.slow
def test_growth_is_measured_for_every_step(small, tmp_path, monkeypatch):
    monkeypatch.setattr(growth, "TIMES", (1, 2))
    rows = list(growth.measure(ROOT, tmp_path))
    steps = {name for name, _ in build.STEPS} | {"the pages", "everything"}
    assert {f"{name}, per page" for name in steps} <= {row.what for row in rows}


@pytest.mark.slow
def test_edits_of_page_snippet_style_and_figure_are_timed_until_they_show(small, tmp_path, monkeypatch):
    monkeypatch.setattr(preview, "PAGES", 1)
    rows = {row.what: row for row in preview.measure(ROOT, tmp_path)}
    edits = {f"edit of a {what}" for what in ("page", "snippet", "style", "figure")}
    assert set(rows) == {"start", *edits}
    assert all(len(rows[edit].values[OURS]) == preview.REPEATS for edit in edits)
