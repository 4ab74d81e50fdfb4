"""What MkDocs complains about, as faults."""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Iterator

from guide.faults import Fault, GuideError


@contextlib.contextmanager
def collected() -> Iterator[list[Fault]]:
    """Collects the warnings of MkDocs and its plugins while the block runs.

    Raises:
        GuideError: Instead of what the block raised, with the warnings before it.
    """
    from mkdocs.exceptions import Abort, MkDocsException

    complaints = _Complaints(logging.WARNING)
    logger = logging.getLogger("mkdocs")
    logger.addHandler(complaints)
    logger.propagate = False
    try:
        yield complaints.faults
    except GuideError:
        raise
    except Abort:
        raise GuideError(*complaints.faults) from None
    except MkDocsException as error:
        raise GuideError(*complaints.faults, Fault("mkdocs.yml", 0, str(error))) from None
    except Exception as error:
        # MkDocs names the page in its own message before it passes on what an extension raised.
        if os.environ.get("GUIDE_TRACEBACK"):
            raise
        reason = f"{type(error).__name__}: {error}; GUIDE_TRACEBACK=1 shows where it was raised"
        raise GuideError(*complaints.faults, Fault("build", 0, reason)) from None
    finally:
        logger.removeHandler(complaints)


class _Complaints(logging.Handler):
    """Turns each record into a fault."""

    def __init__(self, level: int):
        super().__init__(level)
        self.faults: list[Fault] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().strip()
        place = re.match(r"griffe: (?P<path>[^:]+):(?P<line>\d+): ", message)
        if place:  # a docstring that does not fit its function
            path = os.path.relpath(place["path"]).replace(os.sep, "/")
            self.faults.append(Fault(path, int(place["line"]), f"docstring: {message[place.end() :]}"))
        else:
            self.faults.append(Fault("mkdocs", 0, message))
