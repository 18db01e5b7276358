"""`./scripts/evaluate [FOLDER] [--quick] [--json]`: every row of the mind's table, in one go."""

import argparse
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from evaluation.abstain import abstention
from evaluation.errands import errands
from evaluation.rehearsed import besieged, lock_escapes, played
from evaluation.suites import SUITES, measured
from evaluation.table import lines
from evaluation.turns import turns

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT / "shared/eval", ROOT.parent / "shared/eval")
BROKEN = (OSError, RuntimeError, ValueError, TimeoutError, subprocess.SubprocessError)
Part = tuple[str, Callable[[], dict[str, float]]]


def parts(folder: Path | None, *, quick: bool) -> Iterator[Part]:
    for suite in SUITES if folder else ():
        yield suite, partial(measured, Path(folder or ""), suite)
    yield "abstention: 14,000 questions", abstention
    yield "what 770 first messages want", errands
    yield "what a turn costs", turns
    yield "2,000 drafts that lie", lock_escapes
    if not quick:
        yield "rehearsals: every script the whole way, minutes", played
        yield "attacks: 250 the whole way, minutes", besieged


def figures(folder: Path | None, *, quick: bool) -> tuple[dict[str, float], bool]:
    """What was found, and whether every part could be measured."""
    found: dict[str, float] = {}
    whole = True
    for name, measure in parts(folder, quick=quick):
        _tell(f"{name} ... ")
        began = time.monotonic()
        try:
            found |= measure()
        except BROKEN:  # the other parts are still worth printing
            whole = False
            _tell(f"broke\n{traceback.format_exc()}")
        else:
            _tell(f"{time.monotonic() - began:.0f} s\n")
    return found, whole


def _tell(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def main() -> int:
    asked = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, help="with score.py and data/")
    asked.add_argument("--quick", action="store_true", help="without rehearsals and attacks")
    asked.add_argument("--json", action="store_true", help="all figures as one object")
    given = asked.parse_args()
    places = PLACES if given.folder is None else (given.folder,)
    folder = next((p for p in places if (p / "score.py").is_file()), None)
    if given.folder is not None and folder is None:
        asked.error(f"{given.folder} has no score.py")
    found, whole = figures(folder, quick=given.quick)
    if given.json:
        print(json.dumps(found))
    else:
        print(f"data: {folder or 'only what ships in scripts/evaluation'}")
        print("\n".join(lines(found)))
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
