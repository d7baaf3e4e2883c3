"""`python -m setlist.worker --group imports`: one worker process; `setlist workers` starts them all."""

import click

from setlist.processors import PROCESSORS
from setlist.queue.groups import ALL, GROUPS
from setlist.worker.boot import boot


@click.command()
@click.option("--group", type=click.Choice([*GROUPS, ALL]), default=ALL, help="Its queues only; else all.")
@click.option(
    "--threads", type=click.IntRange(1, 64), default=None, help="Jobs at once; else as in WORKER_GROUPS."
)
def main(group: str, threads: int | None) -> None:
    """Run jobs until SIGTERM; a second one, or SIGQUIT, hands back what runs."""
    boot(PROCESSORS, group=group, threads=threads).run()


if __name__ == "__main__":
    main()
