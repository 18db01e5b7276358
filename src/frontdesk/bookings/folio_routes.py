"""Folios over HTTP: read, split, charge, reverse, move, and post what stays owe."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.card_gate import refuse_cards
from frontdesk.bookings.entries import Charge, line, post, reverse, transfer
from frontdesk.bookings.folio import balance, folio, folios_of, given_away, lines, split
from frontdesk.bookings.folio_models import Folio
from frontdesk.bookings.folio_schemas import (
    FolioIn,
    FolioOut,
    LineIn,
    LineOut,
    PostedOut,
    PostStayIn,
    ReverseIn,
    TransferIn,
)
from frontdesk.bookings.master import charged_to
from frontdesk.bookings.posting import post_nights, post_stay
from frontdesk.kit.clock import Clock, local_day
from frontdesk.kit.errors import Invalid
from frontdesk.kit.web import ClockDep, DbDep
from frontdesk.tenancy.approval import need_approval
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.idempotency import OnceDep, answer_once
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(
    prefix="/v1/hotels/{hotel_id}", tags=["payments"], dependencies=[Depends(refuse_cards)]
)
Reader = Annotated[Principal, Depends(allow("payments:read"))]
Writer = Annotated[Principal, Depends(allow("payments:write"))]


class NoCharge(Invalid):
    """A charge of nothing is no charge"""

    code = "no_charge"


async def shown_folio(session: AsyncSession, one: Folio) -> FolioOut:
    shown = FolioOut.model_validate({**FolioOut.model_validate(one).model_dump(), "lines": []})
    shown.lines = [LineOut.model_validate(at) for at in await lines(session, one.id)]
    shown.balance = await balance(session, one.id)
    return shown


async def _today(session: AsyncSession, clock: Clock) -> date:
    return local_day(clock.now(), (await the_hotel(session)).timezone)


async def _may_take_off(
    session: AsyncSession, asker: Principal, folio_id: UUID, amount: int
) -> None:
    """Several small discounts are judged as the large one that they make."""
    if amount > 0:
        before = await given_away(session, folio_id, by=asker.actor)
        await need_approval(session, asker, "payments:write", before + amount)


@router.get("/bookings/{booking_id}/folios")
async def read_folios(db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Reader) -> list[FolioOut]:
    async with db.hotel(hotel_id) as session:
        await queries.booking(session, booking_id)
        return [await shown_folio(session, one) for one in await folios_of(session, booking_id)]


@router.post("/bookings/{booking_id}/folios", status_code=201, response_model=FolioOut)
async def open_folio(
    db: DbDep, hotel_id: UUID, booking_id: UUID, asker: Writer, once: OnceDep, wanted: FolioIn
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            made = await split(session, booking_id, name=wanted.name, by=asker.actor)
            return await shown_folio(session, made)

        return await answer_once(session, once, hotel_id, create)


@router.get("/folios/{folio_id}")
async def read_folio(db: DbDep, hotel_id: UUID, folio_id: UUID, asker: Reader) -> FolioOut:
    async with db.hotel(hotel_id) as session:
        return await shown_folio(session, await folio(session, folio_id))


@router.post("/folios/{folio_id}/lines", status_code=201, response_model=FolioOut)
async def add_lines(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    folio_id: UUID,
    asker: Writer,
    once: OnceDep,
    wanted: LineIn,
) -> Response:
    """One charge, and its tax as a line of its own; a group that pays all has it on its folio,
    which is then the one that is shown.
    """
    if not wanted.amount:
        raise NoCharge
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            asked = await folio(session, folio_id, lock=True)
            to = await charged_to(session, asked)
            off = -min(wanted.amount, 0) - min(wanted.tax, 0)
            await _may_take_off(session, asker, to.id, off * wanted.quantity)
            day = wanted.business_date or await _today(session, clock)
            times = f"{wanted.quantity} x " if wanted.quantity > 1 else ""
            for kind, each, what in (
                (wanted.kind, wanted.amount, ""),
                ("tax", wanted.tax, " (tax)"),
            ):
                amount, whose = each * wanted.quantity, asked.booking_id
                words = f"{times}{wanted.description}{what}"
                said = Charge(kind, words, amount, day, booking_id=whose)
                if each:
                    await post(session, to, said, by=asker.actor)
            return await shown_folio(session, to)

        return await answer_once(session, once, hotel_id, create)


@router.post("/folio-lines/{line_id}/reverse", status_code=201, response_model=LineOut)
async def reverse_line(
    db: DbDep, hotel_id: UUID, line_id: UUID, asker: Writer, once: OnceDep, wanted: ReverseIn
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            undone = await line(session, line_id)
            await _may_take_off(session, asker, undone.folio_id, undone.amount)
            done = await reverse(session, line_id, reason=wanted.reason, by=asker.actor)
            return LineOut.model_validate(done)

        return await answer_once(session, once, hotel_id, create)


@router.post("/folio-lines/{line_id}/transfer", status_code=201, response_model=LineOut)
async def transfer_line(
    db: DbDep, hotel_id: UUID, line_id: UUID, asker: Writer, once: OnceDep, wanted: TransferIn
) -> Response:
    async with db.hotel(hotel_id) as session:

        async def create() -> BaseModel:
            done = await transfer(session, line_id, wanted.folio_id, by=asker.actor)
            return LineOut.model_validate(done)

        return await answer_once(session, once, hotel_id, create)


@router.post("/bookings/{booking_id}/postings")
async def post_booking(
    db: DbDep,
    clock: ClockDep,
    hotel_id: UUID,
    booking_id: UUID,
    asker: Writer,
    wanted: PostStayIn,
) -> FolioOut:
    """Nights, taxes and fees as the booking stands; doing it again changes nothing."""
    async with db.hotel(hotel_id) as session:
        last = wanted.through or await _today(session, clock) - timedelta(days=1)
        by, now = asker.actor, clock.now()
        done = await post_stay(session, booking_id, through=last, by=by, now=now)
        return await shown_folio(session, done)


@router.post("/postings")
async def post_all(
    db: DbDep, clock: ClockDep, hotel_id: UUID, asker: Writer, wanted: PostStayIn
) -> PostedOut:
    """The night audit: every stay of that night."""
    async with db.hotel(hotel_id) as session:
        last = wanted.through or await _today(session, clock) - timedelta(days=1)
        stays = await post_nights(session, day=last, by=asker.actor, now=clock.now())
        told = {"day": last.isoformat(), "stays": stays}
        subject = f"hotel:{hotel_id}"
        record(session, hotel_id, "folio.night_audit", subject, by=asker.actor, new=told)
        return PostedOut(stays=stays)
