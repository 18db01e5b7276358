"""What payments need of whoever takes the money; the providers stand behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class PayFailed(Exception):
    """The payment provider did not do it"""


class Unclear(PayFailed):
    """The outcome is unknown: it may have been done"""


class Refused(PayFailed):
    """The payment provider will not do it"""


class OtherCurrency(PayFailed):
    """The payment provider tells of money in another currency than was asked for"""


class BadAccount(Refused):
    """The payment provider does not know this key"""


class BadSignature(Exception):
    """This callback was not signed by the provider"""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a hotel's money is taken, and with what; never printed."""

    api_url: str
    secret_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page of the provider's where a guest pays; `key` makes asking twice asking once."""

    key: str
    amount: int
    currency: str
    title: str
    expires_at: datetime
    return_url: str
    tags: Mapping[str, str]
    held: bool = False
    """Only authorised: the money is captured later, or let go."""


@dataclass(frozen=True, slots=True)
class Opened:
    provider_id: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider says of one payment, in sums and not in steps; None is not said."""

    paid: int | None = None
    refunded: int | None = None
    disputed: int | None = None
    intent_id: str | None = None
    failure: str | None = None
    """It can no longer be paid."""
    authorised: int | None = None
    """The guest's bank keeps it for the hotel."""
    released: bool = False
    """What was kept is the guest's own again."""


@dataclass(frozen=True, slots=True)
class RefundAsk:
    key: str
    intent_id: str
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class EndAsk:
    """An authorisation to capture, or to release where no amount is said."""

    key: str
    intent_id: str
    amount: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class RefundTold:
    provider_id: str
    status: str
    """paid | pending | failed"""
    failure: str | None = None


class Provider(Protocol):
    """What payments need of whoever takes the money. Every call may raise a PayFailed."""

    async def open_checkout(self, account: Account, wanted: Checkout) -> Opened: ...

    async def look(self, account: Account, provider_id: str, currency: str) -> Told:
        """How a checkout stands now."""
        ...

    async def close_checkout(self, account: Account, provider_id: str) -> None:
        """From now on nobody pays on its page. Refused where it is paid, or closed already."""
        ...

    async def end(self, account: Account, wanted: EndAsk) -> Told: ...

    async def refund(self, account: Account, wanted: RefundAsk) -> RefundTold: ...

    async def look_at_refund(self, account: Account, provider_id: str) -> RefundTold: ...

    async def close(self) -> None: ...
