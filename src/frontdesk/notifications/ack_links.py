"""Links that take one alert and do nothing else: signed, for one person, for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import HotelId
from frontdesk.kit.tokens import Signer

PURPOSE = "alert link"
LASTS = timedelta(days=1)
NOBODY = UUID(int=0)
LETTERS = 3 * 32 + 8


class NoSuchAlert(NotFound):
    """This link does not open anything any more"""

    code = "link_void"


@dataclass(frozen=True, slots=True)
class AckLink:
    hotel_id: HotelId
    notification_id: UUID
    staff_id: UUID | None
    """Whom it was sent to; nobody where it went to a team's room or to a member."""


class LinkOver(NoSuchAlert):
    """This link lasted a day"""

    def __init__(self, link: AckLink) -> None:
        super().__init__()
        self.link = link


def make(signer: Signer, link: AckLink, *, now: datetime) -> str:
    until = int((now + LASTS).timestamp())
    ids = (link.hotel_id, link.notification_id, link.staff_id or NOBODY)
    said = "".join(one.hex for one in ids) + f"{until:08x}"
    return f"{said}.{signer.mac(PURPOSE, said)}"


def read(signer: Signer, token: str, *, now: datetime) -> AckLink:
    """Raises NoSuchAlert for a forged or changed one, LinkOver for an old one."""
    said, _, mac = token.partition(".")
    if len(said) != LETTERS or not signer.is_mac(mac, PURPOSE, said):
        raise NoSuchAlert
    hotel, told, staff = (UUID(hex=said[at : at + 32]) for at in (0, 32, 64))
    link = AckLink(HotelId(hotel), told, None if staff == NOBODY else staff)
    if int(said[96:], 16) <= now.timestamp():
        raise LinkOver(link)
    return link


def address(public_url: str, token: str) -> str:
    return f"{public_url.rstrip('/')}/alerts/{token}"
