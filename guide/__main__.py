"""Run the guide's commands: `python -m guide --help`."""

from guide.cli import main

main()
