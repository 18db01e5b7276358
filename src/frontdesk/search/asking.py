"""What narrows a search, the same at every door, and the cursor of its next page."""

import base64
import binascii
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AfterValidator, AwareDatetime

from frontdesk.kit.errors import Invalid
from frontdesk.search.actions import After, Question

FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LARGEST = 2**31
NO_NUL = r"^[^\x00]*$"
Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=200,
        pattern=NO_NUL,
        description="what is looked for, as people type it",
        examples=["delux"],
    ),
]
Status = Annotated[
    str | None,
    Query(max_length=40, pattern=NO_NUL, description="e.g. confirmed, dirty, vip, guest"),
]


def _of_our_times(at: datetime | None) -> datetime | None:
    if at is not None and not FIRST <= at <= LAST:
        raise ValueError(f"not between {FIRST:%Y} and {LAST:%Y}")
    return at


Moment = Annotated[AwareDatetime | None, Query(), AfterValidator(_of_our_times)]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=400)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A search without what the asker may read."""

    said: str
    status: str | None
    since: datetime | None
    until: datetime | None
    newest: bool
    limit: int
    after: After | None

    def of(self, allowed: tuple[str, ...], kinds: tuple[str, ...], *, threshold: float) -> Question:
        return Question(
            self.said,
            allowed,
            kinds,
            self.status,
            self.since,
            self.until,
            self.newest,
            self.limit,
            threshold,
            self.after,
        )


def _asked(
    q: Words,
    status: Status = None,
    since: Moment = None,
    until: Moment = None,
    sort: Literal["relevance", "newest"] = "relevance",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Asked:
    after = read_cursor(cursor) if cursor else None
    return Asked(q, status, since, until, sort == "newest", limit, after)


AskedDep = Annotated[Asked, Depends(_asked)]


def write_cursor(after: After) -> str:
    row = {**asdict(after), "at": after.at.isoformat(), "id": str(after.id)}
    return base64.urlsafe_b64encode(json.dumps(row).encode()).decode()


def read_cursor(cursor: str) -> After:
    try:
        row: dict[str, Any] = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        at = datetime.fromisoformat(row["at"])
        after = After(int(row["score"]), at, UUID(row["id"]), row["broad"] is True)
        known = FIRST <= at <= LAST and 0 <= after.score < LARGEST
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, binascii.Error):
        known, after = False, None
    if not known or after is None:
        raise Invalid("the cursor is not one of ours")
    return after
