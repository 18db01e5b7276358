"""Instants as people give them: with a zone, and of this century."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def of_this_century(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2100:
        raise ValueError("a time of this century")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(of_this_century)]
Civil = Annotated[datetime, AfterValidator(of_this_century)]
"""With a zone or without one."""
