"""Asking for a mail: a sealed row, which the worker turns into a letter.

What a request asks for is the same row whether the address is known or not, so that neither its
answer nor its time tells.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import NOBODY, ring
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.secrets import Vault
from frontdesk.tenancy.envelope import seal
from frontdesk.tenancy.person_models import Mail


async def ask_mail(
    session: AsyncSession,
    vault: Vault,
    purpose: str,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    hotel_id: UUID = NOBODY,
) -> None:
    """`facts`: `email`, and what the letter of this purpose needs; `plain` is sent as it is.

    `session` is bound to the hotel, or to nobody.
    """
    sealed = await seal(session, vault, hotel_id, json.dumps(dict(facts)))
    row = Mail(hotel_id=hotel_id, id=uuid7(), purpose=purpose, sealed=sealed, next_try_at=now)
    session.add(row)
    await ring(session, Job.SEND_MAIL, hotel_id)
