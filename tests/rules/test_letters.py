"""Letters and pages for those who work in a hotel are whole in each of their languages."""

from string import Formatter

import pytest

from frontdesk.kit.languages import LANGUAGES, preferred
from frontdesk.tenancy.letters import FORMS, HELLO, written
from frontdesk.tenancy.link_page import WORDS, page

FACTS = {"hotel": "Casa {Sol}", "role": "staff", "email": "a@b.example"}


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("ja, fr;q=0.4, es;q=0.7", "es"),
        ("ES-mx", "es"),
        ("de;q=0, it;q=0.1", "it"),
        ("de;q=x, *;q=0.5", "en"),
        ("xx-" * 300, "en"),
    ],
)
def test_the_language_is_the_best_of_ours_that_is_asked_for(
    accepted: str | None, language: str
) -> None:
    assert preferred(accepted) == language


def test_every_text_is_there_in_every_language_with_the_same_to_fill_in() -> None:
    assert len(HELLO) == len(LANGUAGES)
    for texts in (*(part for form in FORMS.values() for part in form), *WORDS.values()):
        fields = [sorted(f for _, f, _, _ in Formatter().parse(text) if f) for text in texts]
        assert len(texts) == len(LANGUAGES), texts[0]
        assert all(each == fields[0] for each in fields), texts[0]
        assert not any(set(text) & set('"<>&') for text in texts), "they stand in HTML as they are"


def test_a_letter_and_its_page_speak_one_language() -> None:
    subject, text = written("invite", {**FACTS, "language": "de"}, "TOKEN", "https://desk.example/")
    assert subject == "Casa {Sol} lädt Sie ein"
    assert text.startswith("Guten Tag,\n\nCasa {Sol} lädt Sie ein, in Frontdesk als staff")
    assert "\n\nhttps://desk.example/auth/link#TOKEN\n\n" in text
    assert written("reset", FACTS, None, "x")[0] == "You have an account already"
    assert '<html lang="ar" dir="rtl">' in page("ar")
    assert "Neues Passwort" in page("de")
    assert "New password" in page("tr")
