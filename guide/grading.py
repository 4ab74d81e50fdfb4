"""A grade made in a process of its own, which ends when it takes too long: an endless loop stops nothing."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from guide import grade
from guide.exercises import Exercise

# Seconds for one promise, or for the module itself; the guide's own need a tenth of it.
LIMITS = {"numpy": 20, "torch": 120}
LONGEST_PRINT = 4_000  # characters of what the reader's code prints


class Grading:
    """Tests of one submission that run in another process, and what is known of them so far."""

    def __init__(self, root: Path, exercise: Exercise, code: str):
        self.exercise = exercise
        self.limit = LIMITS[exercise.snippet.kind]
        self.end = time.monotonic() + self.limit
        self.answers: list[dict] = []
        self.printed = ""
        environment = os.environ | {
            "PYTHONPATH": str(root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",  # what was printed before an endless loop is shown
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from guide.grading import grade_input; grade_input()"],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        request = {"code": code, "tests": exercise.tests, "module": exercise.snippet.module}
        work = (lambda: self._send(json.dumps(request).encode()), self._listen, self._collect)
        self.threads = [threading.Thread(target=task, daemon=True) for task in work]
        for thread in self.threads:
            thread.start()

    def _send(self, request: bytes) -> None:
        try:
            self.process.stdin.write(request)
            self.process.stdin.close()
        except OSError:
            pass  # it ended before it read: what it said is shown

    def _listen(self) -> None:
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # half a line is what a stopped process was about to say
                self.answers.append(json.loads(line))
                self.end = time.monotonic() + self.limit

    def _collect(self) -> None:
        # Read to the end, so that a runaway print neither blocks the process nor fills the memory.
        while block := self.process.stderr.read1(65_536):
            if len(self.printed) < LONGEST_PRINT:
                self.printed += block.decode("utf-8", "replace")

    def running(self) -> bool:
        return self.process.poll() is None and time.monotonic() < self.end

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self.threads:
            thread.join(timeout=2)
        if not any(
            thread.is_alive() for thread in self.threads
        ):  # a process that the reader's code began may hold on
            self.process.stdout.close()
            self.process.stderr.close()

    def result(self) -> grade.Grade:
        """The grade, once it runs no more; what was not reached is said to be so."""
        ended = self.process.poll()
        self.stop()
        last = self.answers[-1] if self.answers else {}
        if "error" in last:
            return grade.Grade(error=last["error"], promises=[grade.Promise(**p) for p in last["promises"]])
        promises = [grade.Promise(**promise) for promise in self.answers]
        waiting = grade.names_of_tests(self.exercise.tests)[len(promises) :]
        reason = f"Python itself ended here (exit status {ended}).\n{self.printed[-1_000:]}".rstrip()
        if ended is None:
            reason = f"It did not end within {self.limit} seconds: look for a loop that never ends."
        for place, test in enumerate(waiting):
            told = grade.sentence(test, self.exercise.functions)
            message = "Not tried, because the one before did not end." if place else reason
            promises.append(grade.Promise(test, told, False, message))
        return grade.Grade(promises=promises)


def grade_input() -> None:
    """The other process: a submission and its tests come in, promises go out, one on a line."""
    request = json.load(sys.stdin)
    # What the reader's code prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def tell(answer: dict) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    # The package of the snippet, so that its tests find the other modules they name.
    importlib.import_module(request["module"].rpartition(".")[0])
    result = grade.grade(request["code"], request["tests"], request["module"], lambda p: tell(vars(p)))
    tell({"error": result.error, "promises": [vars(promise) for promise in result.promises]})
