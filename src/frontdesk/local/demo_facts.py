"""The demo hotels' facts beside their texts: most are told only to guests who live there."""

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.knowledge.fact_actions import FactSaid, put_facts
from frontdesk.tenancy.queries import the_hotel

FACTS = (
    FactSaid("reception_hours", {"from": "06:00", "until": "23:00"}),
    FactSaid("wifi_password", "hello-from-the-lobby"),
    FactSaid("door_code", "4711, from 23:00 to 6:00"),
    FactSaid("lost_key_fee", 2000, audience="in_house"),
    FactSaid("concierge", True, audience="in_house"),
)


async def add_facts(session: AsyncSession) -> None:
    await put_facts(session, await the_hotel(session), FACTS, by="demo")
