"""What is configuration: one table of sections, in the order in which they are written."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import BaseModel

from frontdesk.assistant.publishing_routes import Publishing
from frontdesk.assistant.usage_routes import LimitsPatch
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
)
from frontdesk.bookings.tax_schemas import TaxIn
from frontdesk.configuration.desk_kinds import DESK_KINDS
from frontdesk.configuration.entries import AddonEntry, PhotoEntry, RoomEntry, RoomTypeEntry
from frontdesk.configuration.kind import Kind, Settings
from frontdesk.configuration.night_kinds import BY_NIGHT, NIGHT_KINDS
from frontdesk.conversations.autonomy_routes import Autonomy
from frontdesk.conversations.desk_schemas import DeskIn
from frontdesk.kit.db import Tenant
from frontdesk.knowledge.fact_routes import FactIn
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.knowledge.routes import DocumentIn
from frontdesk.rooms.catalogue_models import Addon, BedType, Feature, Floor, Photo
from frontdesk.rooms.models import Room, RoomType, Tax
from frontdesk.rooms.schemas import BedTypeIn, FeatureIn, FloorIn
from frontdesk.tenancy.person_models import Role
from frontdesk.tenancy.person_schemas import RoleIn
from frontdesk.tenancy.schemas import HotelPatch
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.routes import TriggerIn

HOTEL, DESK, AUTONOMY = "hotel", "desk", "autonomy"
PUBLISHING, MODEL_LIMITS = "publishing", "model_limits"
SETTINGS: tuple[Settings, ...] = (
    Settings(HOTEL, HotelPatch, "hotel:read", "hotel:write"),
    Settings(DESK, DeskIn, "conversations:read", "staff:write"),
    Settings(AUTONOMY, Autonomy, "conversations:read", "triggers:write"),
    Settings(PUBLISHING, Publishing, "knowledge:read", "knowledge:write"),
    Settings(MODEL_LIMITS, LimitsPatch, "reports:read", "hotel:write"),
)
FACTS = "facts"
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
    *DESK_KINDS,
    Kind(
        *("triggers", Trigger, TriggerIn, ("name",), "triggers:read", "triggers:write"),
        switch="enabled",
    ),
    Kind(
        *(FACTS, KnowledgeDocument, FactIn, ("key", "variant")),
        *("knowledge:read", "knowledge:write"),
        only=KnowledgeDocument.fact_key.is_not(None),
    ),
    Kind(
        *("knowledge", KnowledgeDocument, DocumentIn, ("title", "language", "audience")),
        *("knowledge:read", "knowledge:write"),
        alone=False,
        only=KnowledgeDocument.fact_key.is_(None) & (KnowledgeDocument.status != "draft"),
    ),
)
BY_SECTION: Mapping[str, Kind] = MappingProxyType({kind.section: kind for kind in KINDS})
SETTINGS_OF: Mapping[str, Settings] = MappingProxyType({kind.section: kind for kind in SETTINGS})
SECTIONS = (*SETTINGS_OF, *BY_SECTION, *BY_NIGHT)
READS: Mapping[str, str] = MappingProxyType(
    {kind.section: kind.reads for kind in (*SETTINGS, *KINDS, *NIGHT_KINDS)}
)
WRITES: Mapping[str, str] = MappingProxyType(
    {kind.section: kind.writes for kind in (*SETTINGS, *KINDS, *NIGHT_KINDS)}
)
