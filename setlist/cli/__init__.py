"""The `setlist` command. Each subcommand is a file; it is imported only when it is asked for."""

import importlib

import click

# A name, where its click command is, and what it does. Imported late, so that `setlist run` starts fast
# and a broken room does not take the others' commands with it.
COMMANDS = {
    "run": ("setlist.cli.run:run", "Start everything and print the address."),
    "validate": ("setlist.cli.validate:validate", "Check every setting and reach every service."),
    "import": ("setlist.cli.importing:import_", "Bring in an artist, or recorded answers out of files."),
    "sync": ("setlist.cli.syncing:sync", "Ask the providers anew, about artists or about what is due."),
    "workers": ("setlist.cli.workers:workers", "This host's workers by group, and a dashboard of them."),
    "sandbox": ("setlist.cli.sandbox:sandbox", "Stand-ins for the providers, with invented artists."),
    "providers": ("setlist.cli.providers:providers", "The outside sources: budgets, breakers, calls."),
    "cache": ("setlist.cli.cache:cache", "What the cache did, and forgetting what it holds."),
    "imports": ("setlist.cli.imports:imports", "How imports went; cancel, retry, resume one."),
    "queues": ("setlist.cli.queues:queues", "What waits and how fast it goes; pausing a queue."),
    "jobs": ("setlist.cli.jobs:jobs", "Jobs with their tracebacks: find, retry, cancel, discard."),
    "ballots": ("setlist.cli.ballots:ballots", "Whether tallies are what the wishes say."),
    "doubts": ("setlist.cli.doubts:doubts", "Matches that nothing proves: decide, merge, split."),
    "bursts": ("setlist.cli.bursts:bursts", "Votes that look made: void them, or give them back."),
    "mail": ("setlist.cli.mail:mail", "The outbox: read mails, send one again, try the server."),
    "admin": ("setlist.cli.admin:admin", "The operators' accounts."),
    "release": ("setlist.cli.release:release", "Bring the tables up to date; the Procfile's first line."),
    "first-admin": ("setlist.cli.first_admin:first_admin", "Make the first admin; `setlist run` does it."),
    "settings-example": ("setlist.cli.settings_example:settings_example", "Print .env.example."),
}


class LateGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, meaning) for name, (_, meaning) in COMMANDS.items()])


@click.command(cls=LateGroup)
def main() -> None:
    """Setlist: vote for the songs you wish to hear."""
