"""`setlist validate`: every setting, then every service, a line each; exit status 1 if one failed."""

import json
from dataclasses import asdict

import click
from pydantic import ValidationError

from config import ROOT, Settings
from setlist.cli.complaints import setting_problems
from setlist.cli.findings import Finding, State, failed, off, ok
from setlist.cli.ports import sandbox_place
from setlist.cli.postgres import check_postgres, check_tables
from setlist.cli.redis_check import check_redis
from setlist.providers.errors import Misconfigured, NotOffered, ProviderError, RateLimited, Unavailable
from setlist.providers.sources import Providers, Sources
from setlist.services.budget import Purpose
from setlist.services.redis_client import connect
from setlist.services.smtp import Outcome, mail_server, reach

ORIGIN = ".env" if (ROOT / ".env").exists() else "the environment"


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A JSON list instead of lines.")
def validate(*, as_json: bool) -> None:
    """Check every setting and reach every service; exit status 1 if anything failed."""
    findings = examine()
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            click.echo(str(finding))
    if any(finding.state is State.FAILED for finding in findings):
        raise SystemExit(1)


def examine() -> list[Finding]:
    try:
        settings = Settings()
    except ValidationError as error:
        return [failed(name, problem, f"correct it in {ORIGIN}") for name, problem in setting_problems(error)]
    about_redis = check_redis(settings.redis_url)
    return [
        ok("settings", f"{len(Settings.model_fields)} settings, for {settings.environment.value}"),
        *check_postgres(settings.database_url),
        check_tables(settings.database_url),
        *about_redis,
        _check_mail(settings),
        *_check_providers(settings, paced=about_redis[0].state is State.OK),
    ]


def _check_mail(settings: Settings) -> Finding:
    """Signs in, and sends nothing; `setlist mail test` does."""
    server = mail_server(settings)
    if server is None:
        return off("Mail", "no server: mails stay in the outbox", "set MAIL_SERVER to send them")
    found = reach(server)
    if found.outcome is not Outcome.TAKEN:
        return failed("Mail", f"{server.host}: {found.words}", "check MAIL_SERVER and what follows it")
    return ok("Mail", f"{server.host} listens to us")


def _check_providers(settings: Settings, *, paced: bool) -> list[Finding]:
    """One cheap call to each, through the pace that all processes share where Redis is there for it."""
    client = connect(settings.redis_url) if paced and settings.redis_url else None
    providers = Providers(settings=settings, connection=client)
    sources = providers.sources(purpose=Purpose.CHECK)
    sandbox = sandbox_place(settings) is not None
    findings = [
        _ping(sources, about.name, about.label, sandbox=sandbox)
        if about.on
        else off(about.label, "no key", f"set {about.missing} to turn it on")
        for about in providers.status()
    ]
    providers.close()
    if client is not None:
        client.close()
    return findings


def _ping(sources: Sources, name: str, label: str, *, sandbox: bool) -> Finding:
    try:
        getattr(sources, name).ping()
    except (Misconfigured, NotOffered) as error:
        return failed(label, _sentence(error), "correct its key")
    except RateLimited as error:
        return ok(label, f"reached, but {_sentence(error)}")
    except ProviderError as error:
        if sandbox and isinstance(error, Unavailable):
            return off(label, "the sandbox's; runs while `make run` does")
        return failed(label, _sentence(error), "check the network and its address, or try later")
    return ok(label, "answers")


def _sentence(error: ProviderError) -> str:
    return str(error).rstrip(".")
