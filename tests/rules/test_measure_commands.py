"""`frontdesk understand` and `frontdesk retrieve`: lines of JSON in, lines of JSON out."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

NOW = "2019-03-01T12:00:00"
FIELDS = {
    "id",
    "language",
    "intent",
    "outside",
    "needs_knowledge",
    "sentiment",
    "urgency",
    "stay",
    "dates",
    "confidence",
}
DOCUMENTS = [
    ("a", 1, "When is breakfast?", "Breakfast is served from seven to ten."),
    ("b", 1, "", "There is a swimming pool on the roof."),
    ("c", 2, "", "Breakfast is a buffet on the terrace."),
]


def frontdesk(*arguments: str, lines: str | bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "frontdesk.cli", *arguments],
        check=False,
        capture_output=True,
        input=lines if isinstance(lines, bytes) else lines.encode(),
        timeout=120,
    )


def said(ran: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.decode("utf-8").splitlines()]


def turn(name: str, text: str, **more: object) -> str:
    return json.dumps({"id": name, "text": text, "now": NOW, **more}) + "\n"


def test_each_turn_is_answered_in_order_with_every_field() -> None:
    ran = frontdesk(
        "understand",
        lines=turn("z", "a double room for 2 adults from 4 to 6 March")
        + "\n"
        + turn("a", "Zimmer für drei Nächte ab morgen", history=[["guest", "Hallo"], ["desk", "?"]])
        + turn("m", ""),
    )
    assert ran.returncode == 0, ran.stderr
    first, second, third = said(ran)
    assert [first["id"], second["id"], third["id"]] == ["z", "a", "m"]
    assert first.keys() == second.keys() == third.keys() == FIELDS
    assert first["stay"] == {
        "arrival": "2019-03-04",
        "departure": "2019-03-06",
        "nights": None,
        "adults": 2,
        "children": None,
        "rooms": None,
    }
    ((start, end),) = [(d["start"], d["end"]) for d in first["dates"]]
    assert (start, end) == ("2019-03-04", "2019-03-06")
    assert (second["language"], second["stay"]["nights"]) == ("de", 3)
    assert third["stay"]["arrival"] is None
    assert all(0 <= row["confidence"] <= 1 for row in (first, second, third))


def test_a_line_that_cannot_be_read_is_told_and_the_others_are_answered() -> None:
    bad = [
        "{",
        "[]",
        '{"id": 7, "text": "hello", "now": "2019-03-01T12:00:00"}',
        '{"id": "b", "text": "hello", "now": "2019-03-01T12:00:00Z"}',
        '{"id": "c", "text": "hello", "now": 1551441600}',
        '{"id": "d", "text": "hello", "now": "2019-03-01T12:00:00", "history": [["bot", "x"]]}',
    ]
    ran = frontdesk("understand", lines="\n".join(bad) + "\n" + turn("good", "hello"))
    assert ran.returncode == 1
    assert [row["id"] for row in said(ran)] == ["good"]
    told = ran.stderr.decode().splitlines()
    assert [line.split(":")[1].strip() for line in told] == [f"line {n}" for n in range(1, 7)]
    assert frontdesk("understand", lines=b'{"id": "x\xff"}\n').returncode == 1


def test_a_label_is_one_of_the_given_names_or_none(tmp_path: Path) -> None:
    labels = tmp_path / "labels.json"
    labels.write_text(json.dumps({"laundry_x": "wants clothes washed", "n7": "says hello"}))
    ran = frontdesk(
        "understand",
        "--labels",
        str(labels),
        lines=turn("a", "Can you wash my shirts?")
        + turn("b", "Hello!")
        + turn("c", "Who won the football match last night?"),
    )
    assert ran.returncode == 0, ran.stderr
    assert [row["label"] for row in said(ran)] == ["laundry_x", "n7", None]
    labels.write_text('["laundry"]')
    assert frontdesk("understand", "--labels", str(labels), lines=turn("a", "hi")).returncode == 1


def knowledge(path: Path) -> str:
    rows = [
        {"_id": name, "entity_id": owner, "hotel": f"Hotel {owner}", "title": title, "text": text}
        for name, owner, title, text in DOCUMENTS
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_only_the_asked_hotels_documents_are_ranked(tmp_path: Path) -> None:
    path = knowledge(tmp_path / "corpus.jsonl")
    asked = [{"id": n, "text": "Is breakfast included?", "hotel": n} for n in (1, 2, 3, None)]
    lines = "".join(json.dumps(q | {"id": str(q["id"])}) + "\n" for q in asked)
    ran = frontdesk("retrieve", "--knowledge", path, lines=lines)
    assert ran.returncode == 0, ran.stderr
    first, second, nobody, everybody = (row["ranked"] for row in said(ran))
    assert first == ["a", "b"]
    assert second == ["c"]
    assert nobody == []
    assert sorted(everybody) == ["a", "b", "c"]


def test_a_bad_question_or_document_is_told(tmp_path: Path) -> None:
    path = knowledge(tmp_path / "corpus.jsonl")
    ran = frontdesk("retrieve", "--knowledge", path, lines='{"id": "q", "text": "Pool?"}\n')
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert b"line 1: hotel" in ran.stderr
    (tmp_path / "bad.jsonl").write_text('{"_id": "a"}\n')
    ran = frontdesk("retrieve", "--knowledge", str(tmp_path / "bad.jsonl"), lines="")
    assert ran.returncode == 1
    assert b"bad.jsonl: line 1" in ran.stderr
