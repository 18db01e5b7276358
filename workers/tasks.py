"""From a job's name to the use case: three lines each."""

from typing import Any
from uuid import UUID

from frontdesk.bookings.callbacks import apply_next as apply_payment
from frontdesk.bookings.cashier import settle_next
from frontdesk.bookings.imports import run_import
from frontdesk.bookings.posting import end_of_day
from frontdesk.conversations.apply import apply_next
from frontdesk.conversations.offers import work_waitlist
from frontdesk.conversations.same_guest import look_up
from frontdesk.conversations.tend import tend_desk
from frontdesk.conversations.turn import take_turn
from frontdesk.kit.db import ring
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.indexes import tend
from frontdesk.knowledge.ingest import read_in
from frontdesk.messaging.reconcile import reconcile
from frontdesk.notifications.ladder import climb_next
from frontdesk.notifications.tell import tell_next
from frontdesk.pms.sync import read_pms
from frontdesk.privacy.retention import expire
from frontdesk.rooms.calendars import read_calendar
from frontdesk.rooms.coming_back import come_back
from frontdesk.runtime import Runtime
from frontdesk.search.actions import catch_up
from frontdesk.sla.watch import new_day, watch_next
from frontdesk.tenancy.audit_chain import seal
from frontdesk.tenancy.mails import send_next
from frontdesk.tenancy.sign_in_log import tell_sign_ins
from frontdesk.triggers.actions import run_next, work_due_step
from frontdesk.triggers.broadcast_sending import send_next as send_broadcast
from frontdesk.triggers.due import work_due
from frontdesk.triggers.planning import plan_on
from frontdesk.webhooks.courier import ring_if_owed, send_due
from frontdesk.webhooks.forward import forward
from workers.app import app, loop
from workers.delivery import deliver
from workers.once import Once


class TaskFailed(Exception):
    """A task failed; its row waits and is rung again"""


async def _take_turn(runtime: Runtime, hotel: HotelId, key: str) -> None:
    instance, _, chat = key.partition("|")
    _again(await take_turn(runtime.desk, hotel, UUID(instance), chat), Job.TAKE_TURN, hotel, key)


async def _apply_events(runtime: Runtime, hotel: HotelId, key: str) -> None:
    while await apply_next(runtime.db, runtime.clock, hotel, UUID(key)):
        pass


async def _reconcile(runtime: Runtime, hotel: HotelId, key: str) -> None:
    await reconcile(runtime.post, hotel, key)


async def _deliver(runtime: Runtime, hotel: HotelId, key: str) -> None:
    _again(await deliver(runtime.post, hotel, UUID(key)), Job.DELIVER, hotel, key)


async def _link_guest(runtime: Runtime, hotel: HotelId, key: str) -> None:
    await look_up(runtime.post, hotel, UUID(key))


async def _tell_staff(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await tell_next(runtime.messenger, hotel):
        pass


async def _climb_ladder(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await climb_next(runtime.db, runtime.clock, hotel):
        pass


async def _run_triggers(runtime: Runtime, hotel: HotelId, _: str) -> None:
    async with runtime.db.hotel(hotel) as session:
        await ring_if_owed(session, hotel)
        if runtime.sink is not None:
            await ring(session, Job.FORWARD_EVENTS, hotel)
    while await run_next(runtime.db, runtime.clock, hotel):
        pass


async def _send_webhooks(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await send_due(runtime.courier, hotel)


async def _plan_rules(runtime: Runtime, hotel: HotelId, key: str) -> None:
    _again(await plan_on(runtime.db, hotel), Job.PLAN_RULES, hotel, key)


async def _send_planned(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await work_due(runtime.db, runtime.clock, hotel):
        pass


async def _forward_events(runtime: Runtime, hotel: HotelId, _: str) -> None:
    if runtime.sink is not None:
        await forward(runtime.db, runtime.clock, runtime.sink, hotel)


async def _watch_sla(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await watch_next(runtime.db, runtime.clock, hotel):
        pass


async def _run_steps(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await work_due_step(runtime.db, runtime.clock, hotel):
        pass


async def _send_broadcast(runtime: Runtime, hotel: HotelId, key: str) -> None:
    while (wait := await send_broadcast(runtime.db, runtime.clock, hotel)) == 0:
        pass
    _again(wait, Job.SEND_BROADCAST, hotel, key)


async def _tend_desk(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await tend_desk(runtime.db, runtime.clock, hotel)


async def _offer_waitlist(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await work_waitlist(runtime.db, runtime.clock, hotel)


async def _ingest_document(runtime: Runtime, hotel: HotelId, key: str) -> None:
    await read_in(runtime.library, hotel, UUID(key))


async def _index_knowledge(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await tend(runtime.library, hotel)


async def _run_import(runtime: Runtime, hotel: HotelId, key: str) -> None:
    await run_import(runtime.db, runtime.clock, hotel, UUID(key))


async def _read_calendar(runtime: Runtime, hotel: HotelId, key: str) -> None:
    await read_calendar(runtime.calendars, hotel, UUID(key))


async def _read_pms(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await read_pms(runtime.pms, hotel)


async def _send_mail(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await send_next(runtime.post_office, hotel):
        pass


async def _tell_sign_ins(runtime: Runtime, _: HotelId, __: str) -> None:
    await tell_sign_ins(runtime.db)


async def _seal_audit(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await seal(runtime.db, hotel)


async def _expire(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await expire(runtime.db, runtime.clock, hotel)


async def _settle_payments(runtime: Runtime, hotel: HotelId, _: str) -> None:
    while await apply_payment(runtime.db, runtime.clock, hotel):
        pass
    while await settle_next(runtime.cashier, hotel):
        pass


async def _read_for_search(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await catch_up(runtime.db, hotel)


async def _night_audit(runtime: Runtime, hotel: HotelId, _: str) -> None:
    await end_of_day(runtime.db, runtime.clock, hotel)
    await come_back(runtime.db, runtime.clock, hotel)
    await new_day(runtime.db, runtime.clock, hotel)


USE_CASES = {
    Job.TAKE_TURN: _take_turn,
    Job.APPLY_EVENTS: _apply_events,
    Job.RECONCILE: _reconcile,
    Job.DELIVER: _deliver,
    Job.LINK_GUEST: _link_guest,
    Job.TELL_STAFF: _tell_staff,
    Job.CLIMB_LADDER: _climb_ladder,
    Job.RUN_TRIGGERS: _run_triggers,
    Job.PLAN_RULES: _plan_rules,
    Job.SEND_PLANNED: _send_planned,
    Job.RUN_STEPS: _run_steps,
    Job.SEND_BROADCAST: _send_broadcast,
    Job.TEND_DESK: _tend_desk,
    Job.SEND_WEBHOOKS: _send_webhooks,
    Job.FORWARD_EVENTS: _forward_events,
    Job.WATCH_SLA: _watch_sla,
    Job.OFFER_WAITLIST: _offer_waitlist,
    Job.INGEST_DOCUMENT: _ingest_document,
    Job.INDEX_KNOWLEDGE: _index_knowledge,
    Job.RUN_IMPORT: _run_import,
    Job.READ_CALENDAR: _read_calendar,
    Job.READ_PMS: _read_pms,
    Job.SEND_MAIL: _send_mail,
    Job.EXPIRE: _expire,
    Job.TELL_SIGN_INS: _tell_sign_ins,
    Job.SEAL_AUDIT: _seal_audit,
    Job.SETTLE_PAYMENTS: _settle_payments,
    Job.READ_FOR_SEARCH: _read_for_search,
    Job.NIGHT_AUDIT: _night_audit,
}


once = Once()


def _again(seconds: float | None, job: Job, hotel: HotelId, key: str) -> None:
    """No thread waits for the end of a burst, or for a number's pace."""
    if seconds is not None:
        loop.later((job, hotel, key), seconds, lambda: _work(job, hotel, key))


async def _work(job: Job, hotel: HotelId, key: str) -> None:
    runtime = loop.opened()
    await once((job, hotel, key), lambda: USE_CASES[job](runtime, hotel, key))


def _register(job: Job) -> Any:
    def task(hotel_id: str, key: str) -> None:
        try:
            loop.run(_work(job, HotelId(UUID(hotel_id)), key))
        except Exception as error:  # noqa: BLE001 - Celery would log its words, maybe a guest's
            get_logger().error("task_failed", job=job, hotel=hotel_id, exc_info=error)
            raise TaskFailed(type(error).__name__) from None

    celery: Any = app
    return celery.task(task, name=f"frontdesk.{job}")


TASKS = {job: _register(job) for job in USE_CASES}
