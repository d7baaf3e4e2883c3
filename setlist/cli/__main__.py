"""`python -m setlist.cli`, which .venv/bin/setlist runs."""

from setlist.cli import main

main(prog_name="setlist")
