"""Asks for what is due: every few minutes as much as the providers' days may bear until the next time."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import current_app
from pybreaker import STATE_OPEN

from setlist.pipeline.asked import Asked, asked
from setlist.pipeline.freshness_counts import write_counts
from setlist.pipeline.refreshing import find_due, start
from setlist.processors.running import JobRun, job
from setlist.processors.summaries import Summary, write_summary
from setlist.providers.base import Gate
from setlist.providers.errors import LABELS
from setlist.providers.sources import Providers
from setlist.services.budget import Purpose
from setlist.services.freshness_ages import Kind
from setlist.services.freshness_order import PROVIDERS, Purse, Thing, purse, serve

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=5)  # as the timetable has it
SHORTEST_HOLD = timedelta(seconds=30)  # a shorter one is part of keeping the pace
STEPS_A_COMMIT = 25


@job("scheduled_sync")
def scheduled_sync(run: JobRun) -> None:
    """Run twice, it asks for nothing twice: what is under way is not asked for again."""
    now = datetime.now(UTC)
    providers: Providers = current_app.extensions["providers"]
    on = {status.name for status in providers.status() if status.on}
    known = asked(run.session, now)
    found = find_due(run.session, known, now, [kind for kind in PROVIDERS if PROVIDERS[kind] in on])
    write_counts(run.session, found.counts, now)
    run.commit()
    gates = {name: gate for name, gate in providers.gates.items() if name in on}
    closed = {name: why for name, gate in gates.items() if (why := _why_closed(gate, now))}
    plan = serve(found.due, {name: _purse(gate, known, now) for name, gate in gates.items()}, closed)
    for step, _ in enumerate(start(run.session, plan.served, known), start=1):
        if step % STEPS_A_COMMIT == 0:
            run.commit()
    put_off = Counter({f"{LABELS[name]} {why}": times for (name, why), times in plan.put_off.items()})
    skipped = found.left_out + put_off
    note = f"asked for {len(plan.served)} of {len(plan.served) + skipped.total()} that are due"
    write_summary(run, Summary(started_at=now, skipped=skipped, note=_in_detail(note, plan.served)))
    run.commit()
    log.info(note)


def _why_closed(gate: Gate, now: datetime) -> str:
    """Nobody is sent to a provider that is left alone: the jobs would only wait."""
    breaker = gate.breaker.snapshot()
    if breaker.state == STATE_OPEN:
        return "is left alone: its breaker is open"
    held_until = gate.budget.account().held_until
    if held_until is not None and held_until - now > SHORTEST_HOLD:
        return f"wants no calls before {held_until:%d %b %H:%M} UTC"
    return ""


def _purse(gate: Gate, known: Asked, now: datetime) -> Purse:
    """What may be spent until the next run, less what those under way will."""
    found = purse(gate.budget.account(), gate.budget.rule, now, until_next=EVERY)
    for purpose in (Purpose.SETLISTS, Purpose.SYNC):
        found.pay(known.calls.get((gate.provider, purpose), 0), purpose)
    return found


def _in_detail(note: str, served: Sequence[Thing]) -> str:
    kinds = Counter(thing.kind for thing in served)
    named = ", ".join(f"{kinds[kind]} {kind}" for kind in Kind if kind in kinds)
    return f"{note}: {named}" if named else note
