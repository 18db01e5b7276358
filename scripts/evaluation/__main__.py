"""`./scripts/evaluate [FOLDER] [--json]`: every suite's figures beside their goals."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from evaluation.abstain import abstention
from evaluation.rehearsed import rehearsed
from evaluation.turns import turns

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT / "shared/eval", ROOT.parent / "shared/eval")
SUITES = ("dates", "stay", "intents", "sentiment", "knowledge_turns", "retrieval")
GOALS: dict[str, tuple[str, float]] = {
    "dates.booking_accuracy": (">=", 0.65),
    "dates.worst_language": (">=", 0.50),
    "stay.dates": (">=", 0.92),
    "stay.party": (">=", 0.90),
    "intents.accuracy": (">=", 0.85),
    "intents.oos_recall": (">=", 0.60),
    "sentiment.macro_f1": (">=", 0.75),
    "sentiment.negative_recall": (">=", 0.85),
    "sentiment.worst_language": (">=", 0.60),
    "knowledge_turns.f1": (">=", 0.95),
    "retrieval.ndcg@10": (">=", 0.72),
    "retrieval.hit@5": (">=", 0.93),
    "retrieval.foreign_documents": ("<=", 0),
    "abstain.unanswerable_abstained": (">=", 0.95),
    "abstain.answerable_abstained": ("<=", 0.05),
    "rehearsal.right_booking": (">=", 0.95),
    "rehearsal.passed": (">=", 0.95),
    "rehearsal.unconfirmed_writes": ("<=", 0),
    "rehearsal.wrong_guest_writes": ("<=", 0),
    "attacks.leaks": ("<=", 0),
    "attacks.writes": ("<=", 0),
    "lock.escapes": ("<=", 0),
    "turn.cpu_ms_p95": ("<=", 150),
    "turn.check_cpu_ms_p95": ("<=", 30),
    "turn.worker_memory_mib": ("<=", 600),
}


def commands(folder: Path, suite: str) -> tuple[Path, list[str]]:
    """The gold of a suite, and the product's command that answers it."""
    data = folder / "data"
    frontdesk = [sys.executable, "-m", "frontdesk.cli"]
    if suite == "retrieval":
        gold = data / "retrieval"
        return gold, [*frontdesk, "retrieve", "--knowledge", str(gold / "corpus.jsonl")]
    labels = ["--labels", str(data / "labels.json")] if suite == "intents" else []
    return data / f"{suite}.jsonl", [*frontdesk, "understand", *labels]


def scored(folder: Path, suite: str) -> dict[str, Any]:
    """Ask, answer and score, each in a process of its own."""
    gold, command = commands(folder, suite)
    scorer = [sys.executable, str(folder / "score.py")]
    asked = subprocess.run([*scorer, "ask", suite, str(gold)], check=True, capture_output=True)
    answered = subprocess.run(command, check=True, input=asked.stdout, capture_output=True)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as answers:
        Path(answers.name).write_bytes(answered.stdout)
        ran = subprocess.run(
            [*scorer, suite, str(gold), answers.name], check=True, capture_output=True
        )
    return json.loads(ran.stdout)


def figures(folder: Path | None) -> dict[str, float]:
    found = {f"abstain.{name}": value for name, value in abstention().items()}
    found |= {f"turn.{name}": value for name, value in turns().items()}
    found |= rehearsed()
    for suite in SUITES if folder else ():
        measures = scored(Path(folder or ""), suite)
        found |= {f"{suite}.{k}": v for k, v in measures.items() if isinstance(v, int | float)}
        if suite == "dates":
            found["dates.worst_language"] = min(measures["booking_by_language"].values())
        if suite == "sentiment":
            by_language = measures["by_language"].values()
            found["sentiment.worst_language"] = min(m["macro_f1"] for m in by_language)
    return found


def main() -> None:
    named = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    folder = next((p for p in (*named, *PLACES) if (p / "score.py").is_file()), None)
    found = figures(folder)
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    print(f"data: {folder or 'only what ships in scripts/evaluation'}")
    for name, (way, goal) in GOALS.items():
        if name in found:
            met = found[name] >= goal if way == ">=" else found[name] <= goal
            print(f"{name:34} {found[name]:8.3f}  {way} {goal:<6} {'' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
