"""What protects the vote. The values of a site that is in use are its own and are told to nobody."""

from pydantic import BaseModel, Field


class AbuseSettings(BaseModel):
    vote_rate_floor: int = Field(
        150,
        ge=0,
        description="guests' wishes at one show within ten seconds up to which the rate is never abnormal, "
        "so that a whole hall may vote at once; 0: guests are always asked for proof",
    )
    vote_rate_factor: float = Field(
        4.0, gt=1, description="times a show's own recent rate, beyond which (and the floor) it is abnormal"
    )
    proof_bits: int = Field(
        17, ge=1, le=24, description="difficulty of the sum that a guest's browser does at an abnormal rate: "
        "leading zero bits; each one more doubles the work; up to 4 are added as the rate grows",
    )  # fmt: skip
    proof_minutes: int = Field(
        15, ge=1, le=240, description="minutes for which a guest who gave proof may vote at that show"
    )
    burst_fans_from_address: int = Field(
        250, ge=2, description="new guests at one show from one address within a minute that are flagged"
    )
    burst_copies: int = Field(
        80, ge=2, description="guests within ten minutes with exactly the same three songs or more that are "
        "flagged",
    )  # fmt: skip
    burst_in_step: int = Field(
        40, ge=5, description="guests of one address one after the other at even intervals that are flagged"
    )
    keep_address_marks_days: int = Field(
        14, ge=1, description="days after a show's lock for which votes keep the keyed hash of their address"
    )
