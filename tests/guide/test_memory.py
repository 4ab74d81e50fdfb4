"""A check that looks only at what changed finds all that a whole check finds."""

from guide.check import check, memory
from guide.faults import Fault

SNIPPET = "snippets/training/clipping.py"
PAGE = "docs/training/clipping.md"


def complain(text: str) -> list[Fault]:
    return [Fault("x", 1, text)] if "bad" in text else []


def test_what_was_in_order_is_not_looked_at_again(tmp_path):
    asked = []

    def rule(text: str) -> list[Fault]:
        asked.append(text)
        return complain(text)

    for _ in range(2):
        kept = memory.Memory(tmp_path)
        assert kept.faults(rule, "good", content=["good"]) == []
        assert kept.faults(rule, "bad", content=["bad"]) == [Fault("x", 1, "bad")]
        kept.save()
    assert asked == ["good", "bad", "bad"], "a fault is never remembered, order is"


def test_verdict_belongs_to_its_rule_and_to_all_of_its_content(tmp_path):
    kept = memory.Memory(tmp_path)
    kept.keep(complain, ["ab", "c"])
    kept.save()
    kept = memory.Memory(tmp_path)
    assert kept.knows(complain, ["ab", "c"])
    assert not kept.knows(complain, ["a", "bc"])
    assert not kept.knows(complain, ["ab"])
    assert not kept.knows(check, ["ab", "c"])


def test_verdicts_are_forgotten_with_the_code_that_gave_them(tmp_path, monkeypatch):
    kept = memory.Memory(tmp_path)
    kept.keep(complain, ["good"])
    kept.save()
    monkeypatch.setattr(memory, "_code", lambda: b"another version")
    assert not memory.Memory(tmp_path).knows(complain, ["good"])


def test_verdicts_are_forgotten_when_a_library_comes(tmp_path, monkeypatch):
    versions = {"torch": "missing"}
    monkeypatch.setattr(memory, "_version", lambda name: versions.get(name, "1.0"))
    memory._code.cache_clear()
    kept = memory.Memory(tmp_path)
    kept.keep(complain, ["import torch"])
    kept.save()
    assert memory.Memory(tmp_path).knows(complain, ["import torch"])
    versions["torch"] = "2.13.0"
    memory._code.cache_clear()
    assert not memory.Memory(tmp_path).knows(complain, ["import torch"])
    memory._code.cache_clear()


def test_every_library_that_is_named_is_installed_here():
    assert [name for name in memory.LIBRARIES if memory._version(name) == "missing"] == []


def test_memory_holds_so_many_and_drops_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "KEPT", 3)
    for text in ["1", "2", "3", "1", "4"]:
        kept = memory.Memory(tmp_path)
        kept.keep(complain, [text])
        kept.save()
    known = [text for text in "1234" if memory.Memory(tmp_path).knows(complain, [text])]
    assert known == ["1", "3", "4"]


def test_file_that_is_no_memory_costs_time_only(tmp_path):
    file = tmp_path / memory.FOLDER / "in_order"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe\x00")
    kept = memory.Memory(tmp_path)
    assert not kept.knows(complain, ["good"])
    kept.keep(complain, ["good"])
    kept.save()
    assert memory.Memory(tmp_path).knows(complain, ["good"])


def test_folder_that_cannot_be_written_costs_time_only(tmp_path):
    (tmp_path / ".cache").write_text("a file where the folder should be")
    kept = memory.Memory(tmp_path)
    kept.keep(complain, ["good"])
    kept.save()


def test_second_check_finds_what_changed_since_the_first(project):
    assert check(project.root) == []
    project.replace(SNIPPET, "import math\n", "import math\n\nprint('loaded')\n")
    project.append(PAGE, "\n$\\frac{1}$\n\n<script>x</script>\n")
    project.append("tests/training/test_clipping.py", "\n\ndef test_nothing():\n    x = 1\n")
    found = " ".join(f"{fault.path} {fault.message}" for fault in check(project.root))
    for words in ["prints on import", "is not understood", "raw HTML `<script>`", "asserts nothing"]:
        assert words in found, words
    assert found.count("prints on import") == 1


def test_import_is_tried_again_when_a_snippet_that_it_imports_changes(project):
    project.write("snippets/training/clipping_mistakes.py",
                  "from snippets.training.clipping import clip_by_norm\n")
    assert not any("on import" in fault.message for fault in check(project.root))
    project.replace(SNIPPET, "import math\n", "import math\n\n1 / 0\n")
    raising = {fault.path for fault in check(project.root) if "ZeroDivisionError on import" in fault.message}
    assert raising == {SNIPPET, "snippets/training/clipping_mistakes.py"}
