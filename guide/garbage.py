"""Python's search for unreachable cycles, less often where much is made and nearly all of it is kept.

It looks through what lives after each thousand new objects or so, which while the pages are rendered took a
fifth of the time and found next to nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 100)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """As a decorator or in a ``with``: look for cycles seldom, and afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
