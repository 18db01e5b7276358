"""What is configuration: one table of sections, in the order in which they are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import BaseModel

from frontdesk.bookings.rate_models import (
    RateAllotment,
    RatePlan,
    RateRestriction,
    RateRule,
    RateSupplement,
)
from frontdesk.bookings.rate_schemas import (
    AllotmentIn,
    PlanIn,
    RestrictionIn,
    RuleIn,
    SupplementIn,
    TaxIn,
)
from frontdesk.configuration.entries import AddonEntry, PhotoEntry, RoomEntry, RoomTypeEntry
from frontdesk.configuration.night_kinds import BY_NIGHT, NIGHT_KINDS
from frontdesk.kit.db import Tenant
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.knowledge.routes import DocumentIn
from frontdesk.notifications.models import Staff
from frontdesk.notifications.routes import StaffIn
from frontdesk.rooms.catalogue_models import Addon, BedType, Feature, Floor, Photo
from frontdesk.rooms.models import Room, RoomType, Tax
from frontdesk.rooms.schemas import BedTypeIn, FeatureIn, FloorIn
from frontdesk.tenancy.person_models import Role
from frontdesk.tenancy.person_schemas import RoleIn
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.routes import TriggerIn

HOTEL = "hotel"
"""The section of the hotel's own settings: one entry, whose fields are HotelPatch's."""
FIXED = ("timezone", "currency")
"""Told of a hotel, and never changed: its prices and nights are counted in them."""
MOST = 5000
"""Entries of one section."""
PLAN, TYPE = "plan", "room_type"
REACH: Mapping[str, str] = MappingProxyType({PLAN: "plan_id", TYPE: "room_type_id"})
REACHED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {PLAN: ("rate_plans", "code"), TYPE: ("room_types", "code")}
)
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"floor": ("floors", "code"), "features": ("features", "name")}
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One section: rows of `model`, each said as `schema`, with codes in place of ids."""

    section: str
    model: type[Tenant]
    schema: type[BaseModel]
    key: tuple[str, ...]
    """Fields by which an entry is known again; none: by all of them."""
    reads: str
    writes: str
    ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Field of the entry: the schema's field that holds the id of what it names."""
    links: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Field of the entry: section and field of what it has to name."""
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """The same for words that come into their section by being used."""
    switch: str | None = None
    """What is taken out of the section is turned off by this: other rows hang on it."""
    alone: bool = True
    """No two entries have the same key."""


def _rates(section: str, model: type[Tenant], schema: type[BaseModel], *key: str) -> Kind:
    read, write = "rates:read", "rates:write"
    return Kind(section, model, schema, key, read, write, REACH, REACHED, alone=False)


def _rooms(section: str, model: type[Tenant], schema: type[BaseModel], key: str) -> Kind:
    return Kind(section, model, schema, (key,), "rooms:read", "rooms:write")


KINDS: tuple[Kind, ...] = (
    _rooms("floors", Floor, FloorIn, "code"),
    _rooms("bed_types", BedType, BedTypeIn, "code"),
    _rooms("features", Feature, FeatureIn, "name"),
    Kind(
        *("room_types", RoomType, RoomTypeEntry, ("code",), "rooms:read", "rooms:write"),
        links={"bed_types": ("bed_types", "code")},
        words={"features": WORDS["features"]},
        switch="active",
    ),
    Kind(
        *("rooms", Room, RoomEntry, ("number",), "rooms:read", "rooms:write"),
        ids={TYPE: REACH[TYPE]},
        links={TYPE: REACHED[TYPE]},
        words=WORDS,
        switch="active",
    ),
    Kind(
        *("photos", Photo, PhotoEntry, (TYPE, "room", "url"), "rooms:read", "rooms:write"),
        ids={TYPE: REACH[TYPE], "room": "room_id"},
        links={TYPE: REACHED[TYPE], "room": ("rooms", "number")},
    ),
    Kind(
        *("addons", Addon, AddonEntry, ("code",), "rooms:read", "rooms:write"),
        switch="active",
    ),
    Kind("taxes", Tax, TaxIn, ("name",), "rates:read", "rates:write"),
    Kind(
        *("rate_plans", RatePlan, PlanIn, ("code",), "rates:read", "rates:write"),
        links={"parent": ("rate_plans", "code")},
        switch="active",
    ),
    _rates("rate_rules", RateRule, RuleIn, "name"),
    _rates("rate_supplements", RateSupplement, SupplementIn),
    _rates("rate_restrictions", RateRestriction, RestrictionIn),
    _rates("rate_allotments", RateAllotment, AllotmentIn),
    Kind("roles", Role, RoleIn, ("name",), "roles:read", "roles:write"),
    Kind(
        *("staff", Staff, StaffIn, ("name", "phone"), "staff:read", "staff:write"),
        switch="on_duty",
        alone=False,
    ),
    Kind(
        *("triggers", Trigger, TriggerIn, ("name",), "triggers:read", "triggers:write"),
        switch="enabled",
    ),
    Kind(
        *("knowledge", KnowledgeDocument, DocumentIn, ("title", "language", "audience")),
        *("knowledge:read", "knowledge:write"),
        alone=False,
    ),
)
BY_SECTION: Mapping[str, Kind] = MappingProxyType({kind.section: kind for kind in KINDS})
SECTIONS = (HOTEL, *BY_SECTION, *BY_NIGHT)
READS: Mapping[str, str] = MappingProxyType(
    {HOTEL: "hotel:read"} | {kind.section: kind.reads for kind in (*KINDS, *NIGHT_KINDS)}
)
WRITES: Mapping[str, str] = MappingProxyType(
    {HOTEL: "hotel:write"} | {kind.section: kind.writes for kind in (*KINDS, *NIGHT_KINDS)}
)
