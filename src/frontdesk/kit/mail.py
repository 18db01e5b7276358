"""The one door for mail: SMTP where a server is set, else `.eml` files in a mailbox folder."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

import aiosmtplib

from frontdesk.kit.clock import Clock
from frontdesk.kit.settings import Settings

SECONDS = 30


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str
    id: str
    """The same for every try, so that a doubled letter is seen to be one."""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Raise OSError or aiosmtplib.SMTPException where it did not go out."""
        ...


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """A file a letter, for one machine and for tests."""

    folder: Path
    written: Callable[[Letter], EmailMessage]

    async def send(self, letter: Letter) -> None:
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{letter.id}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(self.written(letter)))


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    settings: Settings
    written: Callable[[Letter], EmailMessage]

    async def send(self, letter: Letter) -> None:
        at = self.settings
        await aiosmtplib.send(
            self.written(letter),
            hostname=at.smtp_host,
            port=at.smtp_port,
            username=at.smtp_user or None,
            password=at.smtp_password.get_secret_value() or None,
            use_tls=at.smtp_security == "tls",
            start_tls=at.smtp_security == "starttls",
            timeout=SECONDS,
        )


def open_mailer(settings: Settings, clock: Clock) -> Mailer:
    def written(letter: Letter) -> EmailMessage:
        return _message(letter, settings.mail_from, clock)

    if settings.smtp_host:
        return SmtpMailer(settings, written)
    return FolderMailer(settings.data / "mailbox", written)


def _message(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message
