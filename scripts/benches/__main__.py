"""`./scripts/bench NAME [--json]`."""

import json
import sys

from benches import (
    availability,
    booking,
    ingest,
    last_room,
    live,
    messages,
    neighbour,
    reply,
    reports,
    retrieve,
    search,
    targets,
    triggers,
)
from frontdesk.kit.loop import run

KNOWN = {
    "ingest": ingest,
    "booking": booking,
    "availability": availability,
    "last-room": last_room,
    "live": live,
    "neighbour": neighbour,
    "reply": reply,
    "reports": reports,
    "retrieve": retrieve,
    "search": search,
    "messages": messages,
    "targets": targets,
    "triggers": triggers,
}


def main() -> None:
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    if len(names) != 1 or names[0] not in KNOWN:
        for name, bench in KNOWN.items():
            print(f"{name:10} {(bench.__doc__ or '').splitlines()[0]}")
        sys.exit(0 if not names else f"There is no bench {' '.join(names)}.")
    figures = run(KNOWN[names[0]].run())
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value}")
    if figures.get("steady") is False:
        sys.exit("Not steady: the base's own rounds differ more than twofold. Run it again.")


if __name__ == "__main__":
    main()
