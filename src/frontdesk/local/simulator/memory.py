"""What the simulated WhatsApp remembers on disk: numbers and chats; what went wrong it forgets."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path

from frontdesk.local.simulator.sending import send_for_ever
from frontdesk.local.simulator.state import Bubble, Number, Simulator
from frontdesk.local.simulator.webhooks import deliver_for_ever
from frontdesk.local.spawn import write_private

PAUSE = 0.5
"""Seconds between two writings, where there is something new."""
KEPT = 2000
"""Messages of one number that are written, the newest."""
PLAIN = ("id_instance", "token", "wid", "label", "slug", "state", "settings", "lids")


def open_number(simulator: Simulator, number: Number) -> None:
    """From now on it sends and tells."""
    simulator.numbers[number.id_instance] = number
    for work in (deliver_for_ever, send_for_ever):
        simulator.start(work(simulator, number))


def recall(simulator: Simulator, file: Path) -> None:
    """What was unsent when it stopped is not sent any more; its ticks show it."""
    if not file.exists():
        return
    for told in json.loads(file.read_text(encoding="utf-8")):
        bubbles = [Bubble(**bubble) for bubble in told.pop("bubbles")]
        open_number(simulator, Number(**told, bubbles=bubbles))


async def keep(simulator: Simulator, file: Path) -> None:
    """Write whenever something changed, until cancelled."""
    while True:
        changed = simulator.changed
        await asyncio.to_thread(write_private, file, _written(simulator))
        await asyncio.sleep(PAUSE)
        await changed.wait()


def _written(simulator: Simulator) -> str:
    return json.dumps(
        [
            {name: getattr(number, name) for name in PLAIN}
            | {"bubbles": [asdict(b) for b in number.bubbles[-KEPT:]]}
            for number in simulator.numbers.values()
        ]
    )
