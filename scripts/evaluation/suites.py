"""The suites of a folder with `score.py` and `data/`, asked of the product's own commands."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SUITES = ("dates", "stay", "intents", "sentiment", "knowledge_turns", "retrieval")
LONGEST = 900
"""Seconds that one command may take, on a busy machine too."""


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
    asked = _ran([*scorer, "ask", suite, str(gold)])
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as answers:
        Path(answers.name).write_bytes(_ran(command, asked))
        return json.loads(_ran([*scorer, suite, str(gold), answers.name]))


def _ran(command: list[str], lines: bytes = b"") -> bytes:
    done = subprocess.run(command, check=True, input=lines, stdout=subprocess.PIPE, timeout=LONGEST)
    return done.stdout


def measured(folder: Path, suite: str) -> dict[str, float]:
    measures = scored(folder, suite)
    found = {f"{suite}.{k}": v for k, v in measures.items() if isinstance(v, int | float)}
    if suite == "dates":
        found["dates.worst_language"] = min(measures["booking_by_language"].values())
    if suite == "sentiment":
        by_language = measures["by_language"].values()
        found["sentiment.worst_language"] = min(m["macro_f1"] for m in by_language)
    return found
