"""What the events of payments and of what is ordered beside a room say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from frontdesk.messaging.shape_parts import Arrival, Currency, Departure, Facts, Id, Minor


class PaymentFacts(Facts):
    payment_id: Id
    booking_id: Id
    method: Annotated[str, Field(examples=["link"])]
    purpose: Annotated[str, Field(examples=["deposit"])]
    amount: Minor
    paid: Minor
    refunded: Annotated[int, Field(examples=[0], description="minor units of the currency")]
    authorised: Annotated[int, Field(examples=[0], description="minor units of the currency")]
    currency: Currency
    status: Annotated[str, Field(examples=["paid"])]


class PaymentCompleted(PaymentFacts):
    """Money arrived, in part or whole."""


class PaymentFailed(PaymentFacts):
    """A payment did not go through."""


class PaymentRefunded(PaymentFacts):
    """Money went back."""


class PaymentAuthorised(PaymentFacts):
    """The guest's bank keeps an amount for the hotel."""


class PaymentReleased(PaymentFacts):
    """An amount that was kept is the guest's own again."""


class AddonFacts(Facts):
    booking_addon_id: Id
    booking_id: Id
    addon_id: Id
    amount: Minor
    tax: Minor
    currency: Currency


class AddonOrdered(AddonFacts):
    """Something beside the room was ordered for a stay."""


class AddonChanged(AddonFacts):
    """An order by the night followed its stay to other days."""

    first: Arrival
    until: Departure
    difference: Annotated[int, Field(examples=[990], description="minor units, with tax")]


class AddonCancelled(AddonFacts):
    """An order beside the room was taken back."""


MONEY_SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        "payment.completed": PaymentCompleted,
        "payment.failed": PaymentFailed,
        "payment.refunded": PaymentRefunded,
        "payment.authorised": PaymentAuthorised,
        "payment.released": PaymentReleased,
        "addon.ordered": AddonOrdered,
        "addon.changed": AddonChanged,
        "addon.cancelled": AddonCancelled,
    }
)
