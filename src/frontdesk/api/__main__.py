"""`python -m frontdesk.api [receive]`: the API and the webhook, or the webhook alone."""

import sys

import uvicorn
from pydantic import ValidationError

from frontdesk.kit.settings import Settings, what_is_wrong
from frontdesk.live.wire import OPTIONS, LateWebSocket

APPS: dict[tuple[str, ...], str] = {
    (): "frontdesk.api.app:serve_app",
    ("receive",): "frontdesk.api.receive:receive_app",
}
"""By the command line."""
ORNAMENTS = ("rich", "pygments")
"""structlog and httpx load them wherever installed; here they would be 6 MiB of no use."""


def main() -> None:
    try:
        settings = Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as e:
        sys.exit(f"frontdesk: a setting is wrong: {what_is_wrong(e)}")
    for name, given in (
        ("DATABASE_URL", settings.database_url),
        ("FRONTDESK_SECRET_KEY", settings.fernet_keys()),
    ):
        if not given:
            sys.exit(f"frontdesk: {name} is not set. ./scripts/up starts everything, with its own")
    factory = APPS.get(tuple(sys.argv[1:]))
    if factory is None:
        sys.exit("frontdesk: nothing or `receive` is all that may follow")
    for name in ORNAMENTS:
        sys.modules[name] = None  # pyright: ignore[reportArgumentType] - not to be found
    uvicorn.run(
        factory,
        factory=True,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws=LateWebSocket,
        **OPTIONS,
        proxy_headers=False,  # kit/caller.py believes our own proxies only
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
