"""Why a room type was not sold, told to whoever asked for just that one."""

from typing import Any

from frontdesk.bookings.blocks import Block, Why
from frontdesk.bookings.errors import RoomTaken, StayBarred
from frontdesk.bookings.rates import Kind

SOLD: dict[Why, str] = {
    Why.SOLD_OUT: "has {limit} left on {night}",
    Why.NOT_ON_SALE: "is not on sale on {night}",
    Why.ALLOTMENT: "has {limit} of this plan, and more are asked for on {night}",
}
BARRED: dict[Why, str] = {
    Why.PARTY_TOO_BIG: "takes {limit} of such a party at most",
    Why.CLOSED: "is closed on {night}",
    Why.TOO_SOON: "is sold {limit} days ahead at least",
    Why.TOO_FAR: "is sold {limit} days ahead at most",
    Why.CLOSED_TO_ARRIVAL: "takes no arrivals on {night}",
    Why.CLOSED_TO_DEPARTURE: "takes no departures on {night}",
    Why.MIN_STAY: "is sold for {limit} nights at least",
    Why.MAX_STAY: "is sold for {limit} nights at most",
}


def not_sold(kind: Kind, block: Block, **more: Any) -> RoomTaken:
    """`more` is said beside the rule: what else is free."""
    words = (SOLD | BARRED)[block.why].format(limit=block.limit, night=block.night)
    problem = RoomTaken if block.why in SOLD else StayBarred
    rule = {
        "why": block.why,
        "limit": block.limit,
        "night": block.night.isoformat() if block.night else None,
        "rule_id": str(block.rule_id) if block.rule_id else None,
    }
    return problem(f"{kind.name} {words}", **rule, **more)
