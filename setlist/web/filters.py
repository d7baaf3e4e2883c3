"""Dates, numbers and addresses in the words of the pages. Pure functions, registered as Jinja filters."""

from datetime import UTC, date, datetime, time

from flask import Flask

from config import Settings, Sources
from setlist.web import assets
from setlist.web.addresses import picture_hosts, pictures_of, web_address
from setlist.web.countries import COUNTRIES
from setlist.web.images import poster

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FAR = 48 * HOUR


def register(app: Flask) -> None:
    """Also what every template may name."""
    settings: Settings = app.extensions["settings"]
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        weekday=weekday,
        month=month,
        time_of_day=time_of_day,
        iso=iso,
        plural=plural,
        number=number,
        country=country,
        web_address=web_address,
        picture_address=pictures_of(picture_hosts(settings)),
        until=until,
        seconds_in_words=seconds_in_words,
    )
    app.jinja_env.globals.update(
        is_sandbox=settings.data_sources is Sources.SANDBOX,
        now=lambda: datetime.now(UTC),
        poster=poster,
        guest_wishes=settings.guest_wishes,
        account_wishes=settings.account_wishes,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    assets.install(app)


def day(value: date) -> str:
    """Friday 5 December 2025"""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def short_day(value: date) -> str:
    """Fri 5 Dec 2025"""
    return f"{value:%a} {value.day} {value:%b} {value.year}"


def weekday(value: date) -> str:
    return f"{value:%A}"


def month(value: date, today: date | None = None) -> str:
    """March 2024; only the month within the last ten months, where no other March can be meant."""
    if today is not None and 0 <= (today - value).days < 300:
        return f"{value:%B}"
    return f"{value:%B} {value.year}"


def time_of_day(value: time | datetime) -> str:
    return f"{value:%H:%M}"


def iso(value: date | datetime) -> str:
    return value.isoformat()


def plural(count: int, one: str, many: str | None = None) -> str:
    """3 songs"""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def number(value: float) -> str:
    """12 000, with a narrow blank that does not break"""
    return f"{value:,.0f}".replace(",", "\u202f")


def country(code: str) -> str:
    return COUNTRIES.get(code.upper(), code)


def until(moment: datetime, now: datetime) -> str:
    """in 3 days: as coarse as stays true while the page lies open for a while"""
    left = (moment - now).total_seconds()
    if left <= 0:
        return "now"
    if left >= FAR:
        return f"in {plural(int(left // DAY), 'day')}"
    if left >= HOUR:
        return f"in {plural(int(left // HOUR), 'hour')}"
    return f"in {plural(max(1, int(left // MINUTE)), 'minute')}"


def seconds_in_words(seconds: float) -> str:
    """about 20 seconds, 3 minutes: nobody believes more precision than that"""
    if seconds < 5:
        return "a few seconds"
    if seconds < 50:
        return f"{round(seconds / 5) * 5} seconds"
    if seconds < 90:
        return "a minute"
    if seconds < 50 * MINUTE:
        return f"{round(seconds / MINUTE)} minutes"
    return plural(max(1, round(seconds / HOUR)), "hour")
