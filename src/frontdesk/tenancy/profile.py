"""What a person says of themselves, told to each of their hotels."""

from sqlalchemy import select

from frontdesk.tenancy.access import Person, alive
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.sessions import Entrance


async def rename(
    entrance: Entrance, person: Person, *, name: str | None, phone: str | None
) -> None:
    """One transaction a hotel: each is told in its own room."""
    given = {k: v for k, v in {"name": name, "phone": phone}.items() if v is not None}
    async with entrance.db.platform() as session:
        user = await alive(session, person, now=entrance.clock.now())
        for field, value in given.items():
            setattr(user, field, value)
        theirs = select(Membership.hotel_id).where(Membership.user_id == user.id)
        hotels = (await session.scalars(theirs)).all()
    for hotel_id in hotels:
        async with entrance.db.hotel(hotel_id) as session:
            query = select(Membership).where(Membership.user_id == person.user_id)
            member = (await session.scalars(query)).one()
            for field, value in given.items():
                setattr(member, field, value)
            subject, by = f"member:{member.id}", f"user:{person.user_id}"
            record(session, hotel_id, "member.rename", subject, by=by)
