"""`python -m guide <command>`: what the Makefile calls, for those who have no make."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from guide.faults import GuideError


def site(root: Path, arguments: argparse.Namespace) -> None:
    from guide import build

    print("Building the site")
    folder = build.build(root)
    python = os.path.relpath(sys.executable)
    print(
        f"\nOpen it:  {python} -m http.server --directory {folder.relative_to(root)} 8000\n"
        "          then http://localhost:8000/ in a browser"
    )


def serve(root: Path, arguments: argparse.Namespace) -> None:
    from guide import serve

    serve.serve(root, arguments.port)


def new(root: Path, arguments: argparse.Namespace) -> None:
    from guide import scaffold

    written = scaffold.new(root, arguments.topic, arguments.name, arguments.question)
    print("\n".join(f"  {path}" for path in written))
    print(f"Each passes `make check`. Replace every sentence that begins with “{scaffold.TO_WRITE}”; "
          "`make serve` shows the page meanwhile.")


def check(root: Path, arguments: argparse.Namespace) -> None:
    from guide.check import check as find_faults

    faults = find_faults(root)
    if faults:
        raise GuideError(*faults)
    print("Every page, snippet, test, figure and source is in order.")


def figures(root: Path, arguments: argparse.Namespace) -> None:
    from guide.figures import draw, figure_files

    drawn = 0
    for module, path, function in figure_files(root):
        name = f"{module.parent.name}/{module.stem.removesuffix('_figure')}"
        if arguments.answers and name not in arguments.answers:
            continue
        print(f"  {path.relative_to(root)}", flush=True)
        path.write_text(draw(module, function), encoding="utf-8", newline="\n")
        drawn += 1
    if not drawn:
        wanted = " ".join(arguments.answers) or "snippets/"
        raise GuideError(
            f"no figure found for {wanted}: name answers as <topic>/<stem>, "
            "each with snippets/<topic>/<stem>_figure.py"
        )


def exits(root: Path, arguments: argparse.Namespace) -> None:
    from guide.exits import compare

    compare(root)


def audit(root: Path, arguments: argparse.Namespace) -> None:
    from guide import audit

    results = audit.audit(root, arguments.kinds, arguments.runs)
    print(audit.table(results))
    short = [f"{kind}: {name} is {score}, not 100" for kind, result in results.items()
             for name, score in result["scores"].items() if name != "performance" and score < 100]
    if short:
        raise GuideError(*(f"{line}: the audits that failed stand above" for line in short))


def test(root: Path, arguments: argparse.Namespace) -> None:
    from guide.testing import run

    run(root, quick=arguments.quick, force=arguments.force)


def mutants(root: Path, arguments: argparse.Namespace) -> None:
    from guide import mutation

    mutation.run(root, arguments.answers, arguments.workers)


def benchmarks(root: Path, arguments: argparse.Namespace) -> None:
    from guide import benchmarks

    benchmarks.run(root, arguments.groups)


def practise(root: Path, arguments: argparse.Namespace) -> None:
    from guide import practise

    solved = practise.practise(root, arguments.exercise, arguments.fresh, arguments.once, arguments.hints)
    if arguments.once and not solved:
        sys.exit(1)


COMMANDS = {
    "site": (site, "build everything a reader gets into site/"),
    "serve": (serve, "show each page as it stands in docs/ while you write"),
    "new": (new, "write page, snippet, test and navigation entry of a new answer"),
    "check": (check, "look at every page, snippet, test, figure and source"),
    "figures": (figures, "draw the figures again"),
    "test": (test, "run all tests, unless nothing changed since they passed"),
    "mutants": (mutants, "break the snippets on purpose and see whether a test notices"),
    "practise": (practise, "write an exercise into practise/ and grade it on every save"),
    "benchmarks": (benchmarks, "measure times and sizes and write benchmarks/"),
    "audit": (audit, "ask Lighthouse about one page of each kind of site/"),
    "exits": (exits, "build with MkDocs, ProperDocs and Zensical and compare"),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m guide", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    parsers = {
        name: commands.add_parser(name, help=text, description=text) for name, (_, text) in COMMANDS.items()
    }
    parsers["figures"].add_argument("answers", nargs="*", metavar="topic/stem", help="only these answers")
    parsers["mutants"].add_argument("answers", nargs="*", metavar="topic/stem", help="only these answers")
    parsers["mutants"].add_argument("--workers", type=int, default=2, help="processes at the same time (2)")
    parsers["benchmarks"].add_argument("groups", nargs="*", metavar="group", help="only these groups")
    parsers["audit"].add_argument("kinds", nargs="*", metavar="kind", help="only these kinds of pages")
    parsers["audit"].add_argument("--runs", type=int, default=3, help="of which the median counts (3)")
    parsers["new"].add_argument("topic", help="a topic of docs/syllabus.yml")
    parsers["new"].add_argument("name", help="the answer's slug: its files' name and its address")
    parsers["new"].add_argument("question", nargs="?", default="", help="if the syllabus has none yet")
    parsers["serve"].add_argument("--port", type=int, default=8000, help="where to listen (8000)")
    parsers["test"].add_argument(
        "--quick", action="store_true", help="leave out tests marked slow and the browser"
    )
    parsers["test"].add_argument("--force", action="store_true", help="run even if nothing changed")
    parsers["practise"].add_argument(
        "exercise", nargs="?", metavar="topic/stem", help="name or number; without it, list them all"
    )
    parsers["practise"].add_argument(
        "--fresh", action="store_true", help="begin anew; what you wrote is kept under another name"
    )
    parsers["practise"].add_argument("--once", action="store_true", help="grade once and leave")
    parsers["practise"].add_argument("--hints", action="store_true", help="show the hints and leave")
    arguments = parser.parse_args()
    root = Path.cwd()
    if not (root / "mkdocs.yml").exists():
        sys.exit("guide: there is no mkdocs.yml here: run the command in the project's root folder")
    try:
        COMMANDS[arguments.command][0](root, arguments)
    except GuideError as error:
        print(f"\n{error}\n\n{len(error.faults)} fault{'s' * (len(error.faults) != 1)}.", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:  # the reader of a list had enough, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        sys.exit(130)
