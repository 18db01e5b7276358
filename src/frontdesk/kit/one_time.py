"""The second factor: codes of six digits every 30 seconds (RFC 6238), and codes for bad days."""

import base64
import secrets
from datetime import datetime

STEP = 30
DRIFT = 1
"""Steps that a phone's clock may be off."""
RECOVERY_CODES = 10


def new_secret() -> str:
    from pyotp import random_base32  # noqa: PLC0415 - for people who sign in only

    return random_base32()


def provisioning_uri(secret: str, account: str) -> str:
    """What the app scans."""
    from pyotp.totp import TOTP  # noqa: PLC0415 - see new_secret

    return TOTP(secret).provisioning_uri(name=account, issuer_name="Frontdesk")


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The step that this code belongs to, if it is near now; whoever asks keeps used ones out."""
    from pyotp.totp import TOTP  # noqa: PLC0415 - see new_secret

    totp = TOTP(secret)
    here = int(now.timestamp()) // STEP
    for step in range(here - DRIFT, here + DRIFT + 1):
        if secrets.compare_digest(totp.at(step * STEP).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """80 random bits each, as people can type them."""
    return [
        _grouped(base64.b32encode(secrets.token_bytes(10)).decode()) for _ in range(RECOVERY_CODES)
    ]


def recovery_code(typed: str) -> str:
    """However it was typed."""
    return _grouped("".join(c for c in typed.upper() if c.isalnum()))


def _grouped(code: str) -> str:
    return "-".join(code[n : n + 4] for n in range(0, len(code), 4))
