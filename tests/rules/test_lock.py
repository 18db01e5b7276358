"""No figure, address or link leaves that no fact contains."""

import json
import random
import string
from importlib.resources import files

import pytest

from frontdesk.assistant.lock import escapes
from frontdesk.assistant.reply import LANGUAGES, Draft
from frontdesk.assistant.spelled import spelled
from frontdesk.local.rehearsal.lies import trials

GROUNDS = (
    "€240.00",
    "2 nights",
    "Fri 4 Dec 2026",
    "07:30",
    "+34 971 555 010",
    "https://seaside.example/menu",
    "desk@seaside.example",
    "FD-7K2Q9X",
)


@pytest.mark.parametrize(
    "text",
    [
        "That is €240.00 for 2 nights.",
        "Breakfast starts at 07:30, Fri 4 Dec 2026.",
        "Call +34 971 555 010 or write to desk@seaside.example.",
        "See https://seaside.example/menu.",
        "Your code is FD-7K2Q9X!",
        "No figures at all.",
    ],
)
def test_what_the_facts_hold_may_be_said(text: str) -> None:
    assert escapes(Draft(text, GROUNDS)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "That is €204.00.",
        "That is €240.",
        "That is €2,40.00.",
        "It starts at 7:30 pm and ends at 9.",
        "Until 5 December 2026.",
        "Call +34 971 555 011.",
        "See https://seaside.example/menu?discount=1",
        "See www.seaside.example",
        "Write to me@seaside.example",
        "السعر ٢٤٠ يورو",
        "С 08:00",
        "3 nights",
        "Your code is FD-7K2Q2X",
    ],
)
def test_what_no_fact_holds_stays_here(text: str) -> None:
    assert escapes(Draft(text, GROUNDS))


def test_two_thousand_altered_facts_are_all_kept_back() -> None:
    """One character of a price, a time, a phone, a link or a code is another one."""
    chance = random.Random(7)  # noqa: S311 - the same drafts every time
    facts = ["€1,240.00", "07:30", "971555010", "https://a.example/menu", "FD-7K2Q9X", "4/12/2026"]
    for _ in range(2000):
        fact = chance.choice(facts)
        at = chance.choice(
            [n for n, c in enumerate(fact) if c.isdigit() or (fact[0] == "h" and n > 7)]
        )
        same_kind = string.digits if fact[at].isdigit() else string.ascii_lowercase
        altered = fact[:at] + chance.choice(same_kind.replace(fact[at], "")) + fact[at + 1 :]
        assert escapes(Draft(f"It is {altered} for you.", tuple(facts))), altered
        assert escapes(Draft(f"It is {fact} for you.", tuple(facts))) == set()


def test_no_lie_gets_through_and_the_truth_does() -> None:
    drafts = list(trials(300, seed=11))
    assert [d.text for d in drafts if not escapes(d)] == []
    assert len({d.text for d in drafts}) > 200
    for draft in drafts:
        told = Draft(". ".join(draft.grounds), draft.grounds)
        assert escapes(told) == set()


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Arrival Fri 4 Nov 2026", "Fri 4 Dec 2026"),
        ("Arrival Sat 4 Dec 2026", "Fri 4 Dec 2026"),
        ("That is $240.00", "€240.00"),
        ("From 10:30 am", "10:30 pm"),
        ("Call +34 555 971 010", "+34 971 555 010"),
        ("Pay at seaside-pay.example/now", "seaside.example"),
        ("That is 9\u200b40 in all", "2\u200b40"),
    ],
)
def test_a_figure_is_taken_with_what_gives_it_its_meaning(text: str, fact: str) -> None:
    assert escapes(Draft(text, (fact,)))


@pytest.mark.parametrize(
    "text",
    [
        "That is two hundred euros.",
        "The bar closes at eleven.",
        "You stay for three nights.",
        "A hundred and twenty, all in.",
        "Son doscientos euros.",
        "El desayuno es a las ocho.",
        "Das kostet zweihundert Euro.",
        "Frühstück ab sieben Uhr.",
        "Fünfundzwanzig Prozent Rabatt.",
        "Cela fait deux cents euros.",
        "La piscine est à trois minutes.",
        "Fanno duecento euro.",
        "La colazione è alle otto.",
        "São duzentos euros.",
        "O bar fecha às onze.",
        "Это двести евро.",
        "Завтрак в восемь часов.",
        "السعر مئتان يورو",
        "الإفطار الساعة ثمانية",
        "Dat is tweehonderd euro.",
        "Het ontbijt begint om acht uur.",
        "Toplam iki yüz euro.",
        "Kahvaltı saat sekizde değil, saat yedi.",
        "कुल दो सौ यूरो।",
        "नाश्ता आठ बजे है।",
        "一共两百欧元。",
        "早餐是八点。",
        "合計二百ユーロです。",
        "朝食は七時からです。",
        "총 이백 유로입니다.",
        "아침은 여덟 시입니다.",
    ],
)
def test_a_number_in_words_is_a_figure(text: str) -> None:
    assert escapes(Draft(text, GROUNDS))
    assert not escapes(Draft(text, (*GROUNDS, text)))


def test_our_own_sentences_say_no_number_in_words() -> None:
    folder = files("frontdesk.assistant").joinpath("catalog")
    for language in LANGUAGES:
        said = json.loads(folder.joinpath(f"{language}.json").read_text("utf-8"))
        for key, text in said.items():
            assert not list(spelled(str(text))), (language, key)
    for text in (
        "One of our colleagues will call you.",
        "Both of you are welcome, once you are here.",
        "Sei ospite nostro, e due parole bastano.",
        "Sie ist acht geworden, sagen die Kinder.",
    ):
        assert not list(spelled(text)), text
