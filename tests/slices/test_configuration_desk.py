"""The desk in a hotel's document: who is told, what is promised and said, and what is known."""

from typing import Any

import pytest

from frontdesk.kit.db import Database
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.notifications.ladder_models import StaffShift
from frontdesk.sla.models import SlaDay, SlaSpan
from tests.calling import Caller
from tests.factories import all_of
from tests.slices.test_configuration import DOCUMENT, houses
from tests.slices.test_configuration import _apply as apply
from tests.slices.test_configuration import _export as export

__all__ = ["houses"]
Houses = tuple[Caller, Caller]
ROUTES = (
    "departments",
    "labels",
    "canned-replies",
    "surveys",
    "alert-ladders",
    "alert-templates",
    "sla/policies",
)


OF_RULE = ["actions[0].addon", "actions[1].then[0].survey", "actions[1].otherwise[0].department"]
NAMING = {"name": "y", "labels": ["vip"], "departments": ["spa", "bar"]}
WHEN = {"all": [{"field": "stay.adults", "op": "gt", "value": 1}]}
ASKS = {"type": "survey", "survey": "How was it"}
ASKS_FOR = {"type": "open_task", "title": "x", "department": "bar"}
RULE = {
    "name": "Names",
    "event": "booking.created",
    "actions": [
        {"type": "offer_addon", "addon": "MOON"},
        {"type": "branch", "conditions": WHEN, "then": [ASKS], "otherwise": [ASKS_FOR]},
        {"type": "label", "label": "new words come into the list by being used"},
    ],
}


async def _read(one: Caller, path: str) -> Any:
    answer = await one("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_desk_of_the_document_is_the_desk_that_its_routes_show(houses: Houses) -> None:
    one, _ = houses
    await apply(one, DOCUMENT)
    desk = await _read(one, "/desk")
    assert (desk["sticky"], [r["name"] for r in desk["rules"]]) == (False, ["Complaints"])
    assert (await _read(one, "/autonomy"))["rules"][0]["topic"] == "cancel_booking"
    assert await _read(one, "/knowledge/publishing") == {"contradictions": "block"}
    usage = await _read(one, "/assistant/usage")
    assert (usage["model_enabled"], usage["day"]["tokens_limit"]) == (False, 200_000)
    named = {d["code"]: (d["name"], d["active"]) for d in await one.listed("/departments")}
    assert (named["pool"], named["spa"]) == (("Pool", True), ("Spa", False))
    assert named["reception"][1] is False  # the section lacks it
    causes = {c["cause"]: c for c in await _read(one, "/escalation-causes")}
    assert (causes["sentiment"]["threshold"], causes["sentiment"]["action"]) == (-0.3, "tell")
    staff = {s["phone"]: s["id"] for s in await one.listed("/staff")}
    (ladder,) = await one.listed("/alert-ladders")
    assert ladder["levels"][1]["people"] == [staff["34600999001"], staff["34600999002"]]
    week = await _read(one, f"/staff/{staff['34600999001']}/shifts")
    assert [s["weekday"] for s in week] == [4, 5]
    house, pool = await _read(one, "/sla/hours")
    assert [d["day"] for d in house["days"]] == ["2027-12-24", "2027-12-31"]
    assert (house["department_id"], pool["week"]["sat"]) == (None, ["10:00-20:00"])
    policies = {p["name"]: p["department_id"] for p in await one.listed("/sla/policies")}
    assert policies == {"House": None, "Pool": pool["department_id"]}
    facts = {f["key"]: f for f in await one.listed("/knowledge/facts")}
    assert facts["pool_hours"]["value"] == {"from": "09:00", "until": "21:00"}
    assert facts["breakfast_price"]["sentence"]
    assert (facts["wifi_password"]["audience"], facts["wifi_password"]["type"]) == ("guest", "text")


async def test_what_goes_without_saying_of_the_desk_need_not_be_said(houses: Houses) -> None:
    """A setting that is left out stays; a fact's language and audience are the hotel's ways."""
    one, _ = houses
    await apply(one, DOCUMENT)
    done = await apply(one, {"desk": {"unassigned_minutes": 3}, "model_limits": {}})
    assert [c["path"] for c in done["changes"]] == ["desk/unassigned_minutes"]
    assert len((await _read(one, "/desk"))["rules"]) == 1
    await apply(one, {"model_limits": {"tokens_per_day": None}})
    assert (await export(one))[0]["model_limits"] == {"model_enabled": False}
    facts = [
        {"key": "check_out_until", "value": "12:00", "variant": "main"},
        *DOCUMENT["facts"][1:],
    ]
    done = await apply(one, {"facts": facts})
    assert [(c["path"], c["new"]) for c in done["changes"]] == [
        ("facts/check_out_until main", {"value": "12:00"})
    ]
    assert (await apply(one, {"facts": facts}))["changes"] == []


async def test_an_empty_desk_is_written_and_a_version_brings_it_back(
    houses: Houses, db: Database
) -> None:
    one, _ = houses
    done = await apply(one, DOCUMENT)
    full, _ = await export(one)
    sections = (
        *("labels", "canned_replies", "surveys", "escalation_causes", "alert_ladders"),
        *("alert_templates", "open_hours", "sla_policies", "facts"),
    )
    await apply(one, {name: [] for name in sections} | {"autonomy": {"rules": []}})
    left, _ = await export(one)
    assert {name: left[name] for name in sections if left[name]} == {
        "surveys": [{**full["surveys"][0], "active": False}]
    }
    assert [s["active"] for s in await one.listed("/surveys")] == [False]
    for model in (SlaDay, SlaSpan):
        assert await all_of(db, one.hotel, model) == []
    causes = {c["cause"]: c["action"] for c in await _read(one, "/escalation-causes")}
    assert causes["sentiment"] == "hand_over"
    versions = {v["number"]: v["id"] for v in await one.listed("/configuration/versions")}
    path = f"/configuration/versions/{versions[done['version']]}/restore"
    assert (await one("POST", path)).status_code == 200
    assert (await export(one))[0] == full


async def test_a_week_is_rewritten_whole_and_only_where_it_differs(
    houses: Houses, db: Database
) -> None:
    one, _ = houses
    await apply(one, DOCUMENT)
    before = {s.id for s in await all_of(db, one.hotel, StaffShift)}
    night, *others = DOCUMENT["staff"]
    await apply(one, {"staff": [{**night, "min_priority": 60}, *others]})
    assert {s.id for s in await all_of(db, one.hotel, StaffShift)} == before
    await apply(one, {"staff": [{**night, "shifts": night["shifts"][:1]}, *others]})
    (left,) = await all_of(db, one.hotel, StaffShift)
    assert left.weekday == 5
    told = [c for v in await one.listed("/configuration/versions") for c in v["changes"]]
    weeks = [c["new"]["shifts"] for c in told if "shifts" in str(c["new"]) and c["old"]]
    assert weeks == [[{"weekday": 5, "starts": "22:00", "ends": "06:00"}]]


async def test_a_draft_is_no_configuration(houses: Houses, db: Database) -> None:
    """What waits for its words is neither told nor swept away with the texts."""
    one, _ = houses
    await apply(one, DOCUMENT)
    async with db.hotel(one.hotel) as session:
        session.add(
            KnowledgeDocument(
                hotel_id=one.hotel, title="Pets?", body="", language="en", status="draft"
            )
        )
    assert "Pets?" not in str((await export(one))[0])
    await apply(one, {"knowledge": []})
    titles = [d.title for d in await all_of(db, one.hotel, KnowledgeDocument) if not d.fact_key]
    assert titles == ["Pets?"]


NOBODY = "00000000-0000-0000-0000-000000000009"
LEVELS = [{"minutes": 5}]


@pytest.mark.parametrize(
    ("section", "said", "path"),
    [
        ("desk", {"rules": [{"name": "x", "reason": "y"}]}, "desk.rules[0].reason"),
        ("desk", {"rules": [{"name": "x", "membership_id": NOBODY}]}, "desk"),
        ("desk", [], "desk"),
        ("autonomy", {"rules": [{"mode": "auto", "topic": "complaint"}]}, "autonomy.rules[0]"),
        ("publishing", {"contradictions": "never"}, "publishing.contradictions"),
        ("model_limits", {"tokens_per_day": -1}, "model_limits.tokens_per_day"),
        ("departments", [{"code": "Big", "name": "x"}], "departments[0].code"),
        ("labels", [{"name": "x"}, {"name": "x"}], "labels[1].name"),
        (
            "canned_replies",
            [{"shortcut": "x", "language": "en", "title": "x", "text": "{shoe}"}],
            "canned_replies[0].text",
        ),
        ("surveys", [{"name": "x", "questions": []}], "surveys[0].questions"),
        (
            "escalation_causes",
            [{"cause": "sentiment", "threshold": 2, "action": "tell", "priority": 1}],
            "escalation_causes[0]",
        ),
        (
            "alert_ladders",
            [{"levels": [{"people": ["Ana"]}]}],
            "alert_ladders/* 0",
        ),
        (
            "alert_ladders",
            [{"levels": [{"shared": ["Lobby"]}]}],
            "alert_ladders/* 0",
        ),
        ("alert_ladders", [{"levels": []}], "alert_ladders[0].levels"),
        (
            "alert_ladders",
            [{"department": "bar", "levels": LEVELS}],
            "alert_ladders[0].department",
        ),
        (
            "alert_templates",
            [{"language": "en", "title": "{x}", "body": "y"}],
            "alert_templates[0].title",
        ),
        ("open_hours", [{"week": {"mon": ["9-5"]}}], "open_hours[0].week.mon"),
        ("open_hours", [{"week": {}, "country": "QQ"}], "open_hours/"),
        ("open_hours", [{"week": {}, "department": "bar"}], "open_hours[0].department"),
        ("sla_policies", [{"name": "x"}, {"name": "y"}], "sla_policies[1].department"),
        (
            "staff",
            [{"name": "x", "shifts": [{"weekday": 1, "starts": "08:00", "ends": "09:00"}] * 2}],
            "staff[0]",
        ),
        ("facts", [{"key": "pool_hours", "value": "late"}], "facts[0].value"),
        ("facts", [{"key": "moon", "value": 1}], "facts[0].key"),
        ("facts", [{"key": "breakfast_price", "value": 1}] * 2, "facts[1].key"),
        ("desk", {"rules": [{"name": "x", "department": "bar"}]}, "desk.rules[0].department"),
        ("desk", {"rules": [{"name": "x"}, NAMING]}, "desk.rules[1].labels[0]"),
        ("desk", {"rules": [{"name": "x"}, NAMING]}, "desk.rules[1].departments[1]"),
        ("surveys", [{**DOCUMENT["surveys"][0], "department": "bar"}], "surveys[0].department"),
        ("triggers", [RULE], "triggers[0].actions[1].then[0].survey"),
        ("triggers", [RULE], "triggers[0].actions[1].otherwise[0].department"),
        ("triggers", [RULE], "triggers[0].actions[0].addon"),
    ],
)
async def test_what_is_wrong_about_the_desk_is_named(
    houses: Houses, section: str, said: Any, path: str
) -> None:
    one, _ = houses
    people = {"staff": DOCUMENT["staff"]} if section == "alert_ladders" else {}
    answer = await one("POST", "/configuration", json={"document": {**people, section: said}})
    assert answer.status_code == 422, answer.text
    assert path in [e["path"] for e in answer.json()["errors"]], answer.text
    for route in ROUTES:
        assert [r for r in await one.listed(f"/{route}") if not r.get("active")] == [], route


async def test_names_are_judged_by_their_own_routes_as_in_the_document(houses: Houses) -> None:
    one, _ = houses
    survey = {**DOCUMENT["surveys"][0], "department": "bar"}
    ladder = {"department": "bar", "levels": LEVELS}
    for method, path, said, wrong in (
        ("PUT", "/desk", {"rules": [NAMING]}, ["rules[0].labels[0]", "rules[0].departments[1]"]),
        ("POST", "/surveys", survey, ["department"]),
        ("POST", "/alert-ladders", ladder, ["department"]),
        ("POST", "/triggers", RULE, OF_RULE),
    ):
        refused = await one(method, path, json=said)
        assert refused.status_code == 422
        assert refused.json()["type"].endswith("unknown_names")
        assert [e["at"].removeprefix("body.") for e in refused.json()["errors"]] == wrong
    there = {
        "departments": [{"code": code, "name": code} for code in ("spa", "bar", "management")],
        "labels": [{"name": "vip"}],
        "surveys": [{**survey, "name": "How was it"}],
        "alert_ladders": [ladder],
        "addons": [{**DOCUMENT["addons"][0], "code": "MOON"}],
        "triggers": [RULE],
        "desk": {"rules": [NAMING]},
    }
    await apply(one, there)
    assert (await one("PUT", "/desk", json={"rules": [NAMING]})).status_code == 200


async def test_what_lost_what_it_names_stays_but_is_not_written_so(houses: Houses) -> None:
    """What stands is no mistake of the document's; what the document itself takes away is."""
    one, _ = houses
    await apply(
        one, {"labels": [{"name": "vip"}], "desk": {"rules": [NAMING | {"departments": []}]}}
    )
    told, _ = await export(one)
    answer = await one("POST", "/configuration", json={"document": {**told, "labels": []}})
    assert [e["path"] for e in answer.json()["errors"]] == ["desk.rules[0].labels[0]"]
    (label,) = await one.listed("/labels")
    assert (await one("DELETE", f"/labels/{label['id']}")).status_code == 204
    told, _ = await export(one)
    assert (await apply(one, told))["changes"] == []
    assert (await apply(one, {"desk": {**told["desk"], "sticky": False}}))["changes"]
    changed = {"rules": [{**told["desk"]["rules"][0], "priority": "high"}]}
    answer = await one("POST", "/configuration", json={"document": {"desk": changed}})
    assert [e["path"] for e in answer.json()["errors"]] == ["desk.rules[0].labels[0]"]
