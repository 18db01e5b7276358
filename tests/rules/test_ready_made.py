"""Ready-made journeys hold together, and say the same in every language."""

import pytest
from pydantic import ValidationError

from frontdesk.assistant.reply import LANGUAGES as SPOKEN
from frontdesk.conversations.survey_routes import SurveyIn
from frontdesk.triggers.action_shapes import NotifyStaff
from frontdesk.triggers.ready_made import JOURNEYS, LANGUAGES, rule_of, survey_of, words
from frontdesk.triggers.routes import TriggerIn
from frontdesk.triggers.rules import BadCondition, check_conditions
from frontdesk.triggers.words import UnknownVariable, check_words, chosen, names_in


@pytest.mark.parametrize("name", JOURNEYS)
def test_a_journey_is_a_sound_rule_that_is_off(name: str) -> None:
    rule = TriggerIn.model_validate(rule_of(name))
    assert rule.enabled is False
    assert TriggerIn.model_validate(rule.columns()).columns() == rule.columns()
    if JOURNEYS[name].survey is not None:
        assert len(SurveyIn.model_validate(survey_of(name)).questions) == 2


def test_every_language_says_everything_with_the_same_variables() -> None:
    assert LANGUAGES == SPOKEN
    for name, said in words("en").items():
        for language in LANGUAGES:
            assert names_in(words(language)[name]) == names_in(said), (language, name)
            assert words(language)[name] != said or language == "en"


def test_the_closest_variant_is_said() -> None:
    variants = [
        {"language": "de", "text": "de"},
        {"segment": "vip", "text": "vip"},
        {"language": "de", "segment": "vip", "text": "de vip"},
    ]
    action = {"text": "own", "variants": variants}
    asked = [("de-AT", "new"), ("fr", "vip"), ("de", "vip"), ("fr", "new")]
    assert [chosen(action, *a)[0] for a in asked] == ["de", "vip", "de vip", "own"]
    bare = {"variants": [{"language": "ru", "text": "ru"}, {"language": "en", "text": "en"}]}
    assert chosen(bare, "fr", "new") == ("en", "en")


def test_a_misspelt_name_is_told_what_it_may_have_been() -> None:
    with pytest.raises(UnknownVariable, match=r"\{guest\.first_nam\}; guest\.first_name\?"):
        check_words("Hello {guest.first_nam}")
    with pytest.raises(BadCondition, match=r"no field nigths; nights\?"):
        check_conditions("booking.created", {"field": "nigths", "op": "gte", "value": 2})
    with pytest.raises(BadCondition, match=r"no field zzz$"):
        check_conditions("booking.created", {"field": "zzz", "op": "gte", "value": 2})


def test_an_alert_with_an_unknown_variable_is_refused_when_it_is_saved() -> None:
    said = {"type": "notify_staff", "text": "{guest.name} in {room.number|no room}"}
    assert NotifyStaff.model_validate(said).text == said["text"]
    for part in ("title", "text"):
        with pytest.raises(ValidationError, match=r"there is no variable \{guest\.nickname\}"):
            NotifyStaff.model_validate({**said, part: "{guest.nickname}"})
