"""Which files pytest's workers take first."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def test_one_file_may_build_the_site_while_the_other_worker_has_minutes_of_its_own():
    spec = importlib.util.spec_from_file_location("conftest_of_all", CONFTEST)
    conftest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(conftest)
    collected = {"data/test_leakage.py": False, "data/test_leakage_experiment.py": True,
                 "runtime/test_runtime.py": True,
                 "site/test_accessibility.py": True, "site/test_pages.py": True}
    items = [SimpleNamespace(path=Path("tests", name), get_closest_marker=lambda _, slow=slow: slow)
             for name, slow in collected.items()]
    conftest.pytest_collection_modifyitems(items)
    assert [item.path.relative_to("tests").as_posix() for item in items] == [
        "site/test_accessibility.py", "runtime/test_runtime.py", "data/test_leakage_experiment.py",
        "site/test_pages.py", "data/test_leakage.py"]
