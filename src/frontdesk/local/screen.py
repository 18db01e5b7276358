"""What `frontdesk up` shows: a line for each step while it works, then where to click."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 44


@dataclass(slots=True)
class Screen:
    out: TextIO = field(default_factory=lambda: sys.stdout)
    began: float = field(default_factory=time.monotonic)
    _open: bool = False

    def line(self, text: str = "") -> None:
        """One line of its own, also while a step's line still waits for its time."""
        if self._open:
            self.out.write("\n")
            self._open = False
        self.out.write(f"{text}\n")
        self.out.flush()

    def event(self, text: str) -> None:
        """Something that happened by itself, with the time of day."""
        self.line(f"{time.strftime('%H:%M:%S')}  {text}")

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """`name ........ 0.4 s`: the name at once, the time when it is done."""
        began = time.monotonic()
        self.out.write(f"  {name} ".ljust(WIDTH, "."))
        self.out.flush()
        self._open = True
        yield
        took = f"{time.monotonic() - began:5.1f} s\n"
        self.out.write(took if self._open else f"  {name} ".ljust(WIDTH, ".") + took)
        self.out.flush()
        self._open = False

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.began


@dataclass(frozen=True, slots=True)
class Addresses:
    api: str
    simulator: str
    folder: str
    command: str
    """How to type `frontdesk` here."""
    hotels: tuple[str, ...]


def last_screen(at: Addresses, seconds: float) -> str:
    example = "do you have a room for two from friday to sunday?"
    return f"""
Frontdesk is running ({seconds:.1f} s).

  Click   {at.simulator}/
          a guest's phone: pick a hotel ({", ".join(at.hotels)}), write, see the answer
          {at.api}/openapi.json
          the API; its keys are in {at.folder}/keys.json

  Sign in {at.api}/v1/auth/login (POST) as admin@{at.hotels[0]}.example;
          the admins' passwords are in {at.folder}/people.json, their mail in mailbox/

  Try     {at.command} say --hotel {at.hotels[0]} --as +34600111222 \\
              "{example}"

  Stop    Ctrl-C. Everything stays in {at.folder}; start again and it is all there.
          `{at.command} reset` throws it away. Logs are in {at.folder}/logs/.
"""
