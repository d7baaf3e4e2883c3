"""Accounts of fans and operators."""

from pydantic import BaseModel, Field


class AccountSettings(BaseModel):
    session_idle_days: int = Field(
        30, ge=1, le=365, description="days without a visit after which a browser is signed out"
    )
    session_days: int = Field(
        180, ge=1, le=730, description="days after which a browser is signed out, however often it came"
    )
    keep_unconfirmed_days: int = Field(
        7, ge=3, le=90, description="days for which an account waits for its address to be confirmed"
    )
