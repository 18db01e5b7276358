"""What a rule may do, each action with its own fields, checked when the rule is saved."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from frontdesk.kit.spoken import Spoken, is_blank, spoken
from frontdesk.triggers.rules import check_conditions
from frontdesk.triggers.words import check_words

MOST, DEEPEST, MOST_IN_ALL = 10, 3, 40
Segment = Literal["vip", "in_house", "booked", "returning", "new"]
"""vip first, then where they stand: in the house, with a stay to come, back again, or none."""
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["de"])]
Day = 1440


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _First(_Action):
    """The fields that the first four actions have always taken, wanted or not."""

    text: str | None = Field(None, max_length=4000)
    title: str | None = Field(None, max_length=200)
    priority: int | None = Field(None, ge=0, le=100)
    tag: str | None = Field(None, max_length=60)
    reason: str | None = Field(None, max_length=200)


class Variant(_Action):
    """Said in place of `text` to guests of this language, of this segment, or of both."""

    language: Language | None = None
    segment: Segment | None = None
    text: Spoken


class TapButton(_Action):
    """A tap comes back as a message with this text."""

    text: Annotated[str, Field(min_length=1, max_length=25), AfterValidator(spoken)]


class SendMessage(_First):
    """`text` may say {guest.first_name} or {stay.arrival}; {guest.first_name|there} has a word
    for where nothing is known. What is missing without one blocks the send.
    """

    type: Literal["send_message"]
    variants: list[Variant] = Field(default_factory=list[Variant], max_length=40)
    buttons: list[TapButton] = Field(default_factory=list[TapButton], max_length=3)
    """Repeated below the text, for phones that show none."""

    @model_validator(mode="after")
    def whole(self) -> "SendMessage":
        if is_blank(self.text or "") and (self.text or not self.variants):
            raise ValueError("send_message needs text")
        for said in (self.text or "", *(v.text for v in self.variants)):
            check_words(said)
        return self


class NotifyStaff(_First):
    """`title` and `text` may say {guest.name} or {stay.arrival}; what is not known is a "?", since
    staff are told anyhow.
    """

    type: Literal["notify_staff"]

    @model_validator(mode="after")
    def whole(self) -> "NotifyStaff":
        check_words(self.title or "")
        check_words(self.text or "")
        return self


class AddTag(_First):
    type: Literal["tag"]

    @model_validator(mode="after")
    def whole(self) -> "AddTag":
        if not self.tag:
            raise ValueError("tag needs tag")
        return self


class HandOver(_First):
    type: Literal["hand_over"]


class OpenTask(_Action):
    """A task for a department of the house."""

    type: Literal["open_task"]
    title: str = Field(min_length=1, max_length=200)
    text: str = Field("", max_length=2000)
    department: str = Field("reception", pattern=r"^[a-z][a-z_]{0,39}$")
    due_minutes: int | None = Field(None, ge=1, le=90 * Day)

    @model_validator(mode="after")
    def whole(self) -> "OpenTask":
        check_words(self.title)
        check_words(self.text)
        return self


class Assign(_Action):
    """To one of the hotel's people; without one, to nobody."""

    type: Literal["assign"]
    user_id: UUID | None = None


class SetStatus(_Action):
    type: Literal["set_status"]
    status: Literal["active", "escalated", "pending", "resolved", "closed"]


class SetPriority(_Action):
    type: Literal["set_priority"]
    priority: Literal["low", "normal", "high", "urgent"]


class Snooze(_Action):
    type: Literal["snooze"]
    minutes: int = Field(ge=1, le=90 * Day)


class AddLabel(_Action):
    type: Literal["label"]
    label: str = Field(min_length=1, max_length=60)


class OfferAddon(_Action):
    """Offered only where it can be given now; a tap or a yes books it."""

    type: Literal["offer_addon"]
    addon: str = Field(min_length=1, max_length=60)
    """Its code."""
    hours: int = Field(24, ge=1, le=30 * 24)
    """How long the offer stands."""
    text: Spoken | None = None
    """Before the offer itself, which says what, for how much and until when."""
    variants: list[Variant] = Field(default_factory=list[Variant], max_length=40)

    @model_validator(mode="after")
    def whole(self) -> "OfferAddon":
        for said in (self.text or "", *(v.text for v in self.variants)):
            check_words(said)
        return self


class BookingNote(_Action):
    """A line for staff on the booking, below what the guest asked for."""

    type: Literal["booking_note"]
    text: str = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def whole(self) -> "BookingNote":
        check_words(self.text)
        return self


class PaymentLink(_Action):
    """A link for what is still owed, or for the deposit, opened at the hotel's provider."""

    type: Literal["payment_link"]
    purpose: Literal["deposit", "balance"] = "balance"
    hours: int = Field(24, ge=1, le=24)


class StartSurvey(_Action):
    type: Literal["survey"]
    survey: str = Field(min_length=1, max_length=100)
    """Its name."""


class CallWebhook(_Action):
    """Tells the hotel's own systems `rule.called`, signed, in order and until they took it."""

    type: Literal["webhook"]
    name: str = Field(min_length=1, max_length=60, pattern=r"^[\w.-]+$")


class Wait(_Action):
    """What comes after waits; a stay that was cancelled meanwhile ends it."""

    type: Literal["wait"]
    minutes: int = Field(ge=1, le=90 * Day)


class Branch(_Action):
    """Judged when it comes to it, on what is so then."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)
    type: Literal["branch"]
    conditions: dict[str, Any]
    then: "list[Action]" = Field(default_factory=list["Action"], max_length=MOST)
    otherwise: "list[Action]" = Field(default_factory=list["Action"], max_length=MOST)


# fmt: off
Action = Annotated[
    SendMessage | NotifyStaff | AddTag | HandOver | OpenTask | Assign | SetStatus | SetPriority
    | Snooze | AddLabel | OfferAddon | BookingNote | PaymentLink | StartSurvey | CallWebhook | Wait
    | Branch,
    Field(discriminator="type"),
]
# fmt: on
Branch.model_rebuild()


def check_actions(event: str, actions: Sequence[Action], *, path: str = "actions") -> None:
    """Raise where branches nest too deep, ask what the event does not say, or come to too much."""
    found = list(_each(actions, path, 0))
    if len(found) > MOST_IN_ALL:
        raise ValueError(f"{path}: at most {MOST_IN_ALL} actions in all")
    for at, action in found:
        if isinstance(action, Branch):
            check_conditions(event, action.conditions, path=f"{at}.conditions")


def _each(actions: Sequence[Action], path: str, depth: int) -> Iterator[tuple[str, Action]]:
    if depth > DEEPEST:
        raise ValueError(f"{path}: branches nest at most {DEEPEST} deep")
    for at, action in enumerate(actions):
        here = f"{path}[{at}]"
        yield here, action
        if isinstance(action, Branch):
            yield from _each(action.then, f"{here}.then", depth + 1)
            yield from _each(action.otherwise, f"{here}.otherwise", depth + 1)
