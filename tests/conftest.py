"""The order of the tests, and the memory that all of them share."""

import gc

import pytest

from guide import garbage

gc.set_threshold(*garbage.THRESHOLDS)  # a quarter of the time in which a worker collects its tests


def pytest_collection_finish() -> None:
    """What stands now stays to the end: thousands of tests and the libraries, with no garbage among them."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Pytest's workers take a file each: none should wait for another, and the last files should be short."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    builds = next((item.path for item in items if item.path.parent.name == "site"), None)

    def place(item: pytest.Item) -> int:
        folder = item.path.parent.name
        if item.path == builds:
            return 0  # one worker builds the site, unless it is there already
        if folder == "site":
            return 3  # the others find it built
        if item.path in slow:
            return 1 if folder == "runtime" else 2  # minutes in one process
        return 4

    items.sort(key=place)
