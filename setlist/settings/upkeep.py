"""When heavy work may run, and how long what comes from a provider is kept."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

Hours = tuple[tuple[int, int], ...]


class UpkeepSettings(BaseModel):
    heavy_hours: Annotated[Hours, NoDecode] = Field(
        ((0, 24),),
        description="UTC hours in which heavy work may run (whole catalogues, warming, cleaning up), as in "
        "22-6 or 1-5,13-15; within them it looks for the quietest",
    )
    keep_spotify_days: int = Field(
        30,
        ge=1,
        description="days after which a picture from Spotify that was not fetched again is dropped; "
        "Developer Terms: store what is strictly necessary, keep it up to date, delete older data",
    )
    keep_ticketmaster_days: int = Field(
        7,
        ge=1,
        description="days after a show for which what Ticketmaster sells of it (links, its name there) is "
        "kept; Terms of Use: cache event content for reasonable periods. Date, venue and acts stay",
    )
    keep_ticketmaster_pictures_days: int = Field(
        30,
        ge=1,
        description="days after which a picture from Ticketmaster that was not fetched again is dropped",
    )

    @field_validator("heavy_hours", mode="before")
    @classmethod
    def _spans(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        spans = [re.fullmatch(r"(\d{1,2})\s*-\s*(\d{1,2})", span.strip()) for span in value.split(",")]
        if not all(spans):
            raise ValueError("must be hours such as 22-6, or several of them with commas between")
        return tuple((int(span[1]), int(span[2])) for span in spans if span)

    @field_validator("heavy_hours")
    @classmethod
    def _hours_of_a_day(cls, value: Hours) -> Hours:
        if not all(0 <= begin <= 23 and 0 <= end <= 24 and begin != end for begin, end in value):
            raise ValueError("must be hours from 0 to 24, such as 22-6")
        return value
