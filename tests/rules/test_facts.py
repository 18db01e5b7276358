"""The catalogue of facts: 120 and more, each checked and said in every language of ours."""

import re

import pytest

from frontdesk.assistant.reply import LANGUAGES as REPLIES
from frontdesk.knowledge.facts import (
    CHECKS,
    LANGUAGES,
    BadValue,
    FactKind,
    catalogue,
    checked,
    sentence,
)

GOOD = {
    "time": "24:00",
    "hours": {"from": "22:00", "until": "07:00"},
    "money": 1250,
    "yesno": False,
    "number": 1500000,
    "text": "Visa, Mastercard",
    "phone": "+34 600 111 222",
    "url": "https://hotel.example/",
}
BAD = {
    "time": ("7:00", "25:00", 7, None),
    "hours": ("07:00", {"from": "07:00"}, {"from": "07:00", "until": "07:00"}),
    "money": (-1, 12.5, "12", True, 10**12),
    "yesno": ("yes", 1),
    "number": (-1, "3", True, float("nan")),
    "choice": ("perhaps", None, ""),
    "text": ("", "  ", "a\0b", "x" * 601),
    "phone": ("call us", "1"),
    "url": ("ftp://x", "javascript:x", "not an address"),
}


def good(kind: FactKind) -> object:
    return kind.choices[-1] if kind.choices else GOOD[kind.type]


def test_there_are_enough_and_each_is_said_in_every_language() -> None:
    kinds = catalogue()
    assert len(kinds) >= 120
    assert {kind.type for kind in kinds.values()} == set(CHECKS)
    assert set(LANGUAGES) == set(REPLIES)
    for kind in kinds.values():
        for choice in kind.choices or (good(kind),):
            kept = {"value": checked(kind, choice), "currency": "EUR"}
            said = {sentence(kind.key, kept, language) for language in LANGUAGES}
            assert all(re.search(": |：", text) and "{" not in text for text in said), kind.key
            assert len(said) >= 4, kind.key
        assert len(kind.asked) > 5, kind.key


@pytest.mark.parametrize(
    ("key", "value", "language", "said"),
    [
        ("pets_allowed", "no", "de", "Haustiere erlaubt: nein."),
        ("parking_price", 1500, "en", "Parking fee: €15.00 per night."),
        ("parking_height", 205, "fr", "Hauteur maximale du parking: 205 cm."),
        ("station_distance", 1200000, "es", "Distancia a la estación: 1200000 m."),
        ("airport_distance", 7.5, "it", "Distanza dall'aeroporto: 7.5 km."),
        ("gym_hours", {"from": "07:00", "until": "10:30"}, "en", "Gym hours: 07:00–10:30."),
        ("room_cleaning", "Every day!", "pt", "Limpeza do quarto: Every day!"),
        ("wifi", "free", "ja", "Wi-Fi：無料。"),
            ("pets_fee", 1500, "tr", "Evcil hayvan ücreti: gecelik €15,00."),
            ("wifi", "free", "fi", "Wi-Fi: free of charge."),
    ],
)  # fmt: skip
def test_a_fact_is_told_as_its_type_is_written(key: str, value, language: str, said: str) -> None:
    assert sentence(key, {"value": value, "currency": "EUR"}, language) == said


def test_a_value_of_another_type_is_refused() -> None:
    for kind in catalogue().values():
        for value in BAD[kind.type]:
            with pytest.raises(BadValue):
                checked(kind, value)
    with pytest.raises(BadValue) as bad:
        checked(catalogue()["pool_hours"], {"from": "09:00", "until": "9pm"})
    assert bad.value.path == "value.until"
