"""Import modules one after the other and report what they do, each on a line: `[path, [[line, message], …]]`.

A program of its own, started in the project's root, so that what a module does ends with it:
``python -P import_probe.py <report> <seconds> snippets/<topic>/<stem>.py …``. Standard library only.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import io
import json
import os
import random
import re
import sys
import traceback
import warnings

# The site's own environment lacks these; `make check` and `make test` have them all.
OPTIONAL = {"numpy", "torch", "sklearn", "matplotlib"}
LIBRARIES = OPTIONAL | {"scipy"}
TIMEOUT = "Timeout ("  # how faulthandler begins when a module takes too long


def main() -> None:
    report, seconds, *paths = sys.argv[1:]
    sys.path.insert(0, os.getcwd())
    sys.dont_write_bytecode = True
    warnings.filterwarnings("error", module=r"snippets\.")
    with open(report, "w", encoding="utf-8") as file:
        for path in paths:
            file.write(json.dumps([path, probe(path, float(seconds))]) + "\n")
            file.flush()
    os._exit(0)  # a thread that a module left behind would keep Python alive


def probe(path: str, seconds: float) -> list[tuple[int, str]]:
    """Import one module; what is wrong with it as (line, message).

    One that takes longer ends this process with a traceback, whatever it waits for.
    """
    code = text_of(path)
    for name in re.findall(r"^from\s+(snippets\.[\w.]+)\s+import", code, flags=re.MULTILINE):
        code += "\n" + text_of(name.replace(".", "/") + ".py")  # its libraries are loaded with it
    # Libraries now, so that their own start is not mistaken for the module's doing: sklearn.datasets, for
    # one, loads rich where it is installed, which draws a random number.
    imports = re.findall(r"^(?:import|from)\s+([\w.]+)(?:[ ]+import[ ]+([\w, ]+))?", code, flags=re.MULTILINE)
    for name, parts in imports:  # "from sklearn import datasets" loads sklearn.datasets
        if name.split(".")[0] in LIBRARIES:
            for module in (name, *(f"{name}.{part.split()[0]}" for part in parts.split(",") if part.strip())):
                with contextlib.suppress(ModuleNotFoundError):
                    importlib.import_module(module)
    before = global_state()
    printed = Printed(path)
    faulthandler.dump_traceback_later(seconds, exit=True)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            importlib.import_module(path.removesuffix(".py").replace("/", "."))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and str(error.name).split(".")[0] in OPTIONAL:
            return []
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno or 0 for frame in frames if frame.filename.endswith(path)]
        reason = (str(error).splitlines() or ["no message"])[0]
        return [(lines[-1] if lines else 0, f"raises {type(error).__name__} on import ({reason}): "
                                            "a module must import without running anything")]
    finally:
        faulthandler.cancel_dump_traceback_later()
    found = []
    if printed.getvalue():
        found.append((printed.line, 'prints on import: move the output below `if __name__ == "__main__":`'))
    after = global_state()
    return found + [(0, message) for message, value in before.items() if after[message] != value]


class Printed(io.StringIO):
    """What a module prints, and the line of it that printed first."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.line = path, 0

    def write(self, text: str) -> int:
        frame = sys._getframe(1)
        while frame and not self.line:
            if frame.f_code.co_filename.endswith(self.path):
                self.line = frame.f_lineno
            frame = frame.f_back
        return super().write(text)


def text_of(path: str) -> str:
    """A module's text; empty where there is none, which the import will say."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def global_state() -> dict[str, str]:
    """What no module may change, by the message for one that does."""
    state = {"touches Python's global random state: take `rng: np.random.Generator` as an argument":
             repr(random.getstate())}
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if numpy:
        name, keys, *rest = numpy.random.get_state()
        state["touches NumPy's global random state: take `rng: np.random.Generator` as an argument"] = (
            repr((name, keys.tobytes(), rest)))
        state["changes NumPy's settings: use `with np.errstate(…)` or `with np.printoptions(…)`"] = (
            repr((numpy.geterr(), numpy.get_printoptions())))
    if torch:
        state["touches PyTorch's global random state: take `generator: torch.Generator` as an argument"] = (
            repr(torch.get_rng_state().tolist()))
        state["changes PyTorch's default dtype: name the dtype of each tensor"] = (
            repr(torch.get_default_dtype()))
    return state


if __name__ == "__main__":
    main()
