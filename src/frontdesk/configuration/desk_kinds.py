"""The sections of the desk: who does what, what is said, promised and asked, and who is called."""

from collections.abc import Mapping
from types import MappingProxyType

from frontdesk.configuration.entries import DepartmentEntry, LadderEntry, StaffEntry
from frontdesk.configuration.kind import Kind
from frontdesk.conversations.catalogue_routes import CannedIn, LabelIn
from frontdesk.conversations.desk_models import Label
from frontdesk.conversations.escalation_models import EscalationCause
from frontdesk.conversations.escalation_routes import CauseIn
from frontdesk.conversations.note_models import CannedReply
from frontdesk.conversations.survey_models import Survey
from frontdesk.conversations.survey_routes import SurveyIn
from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.ladder_models import AlertLadder
from frontdesk.notifications.models import Staff
from frontdesk.notifications.schemas import TemplateIn
from frontdesk.sla.models import SlaCalendar, SlaPolicy
from frontdesk.sla.schemas import OpenHoursIn, PolicyIn
from frontdesk.tenancy.department_models import Department

PEOPLE = ("staff:read", "staff:write")
TALKS = ("conversations:read", "conversations:write")
DEPARTMENT = "department"
OF_DEPARTMENT: Mapping[str, str] = MappingProxyType({DEPARTMENT: "department_id"})
DEPARTMENTS: Mapping[str, tuple[str, str]] = MappingProxyType({DEPARTMENT: ("departments", "code")})

DESK_KINDS: tuple[Kind, ...] = (
    Kind(
        *("departments", Department, DepartmentEntry, ("code",)),
        *("conversations:read", "staff:write"),
        switch="active",
    ),
    Kind("labels", Label, LabelIn, ("name",), *TALKS),
    Kind("canned_replies", CannedReply, CannedIn, ("shortcut", "language"), *TALKS),
    Kind(
        *("surveys", Survey, SurveyIn, ("name",), "triggers:read", "triggers:write"),
        switch="active",
    ),
    Kind(
        *("escalation_causes", EscalationCause, CauseIn, ("cause",)),
        *("hotel:read", "hotel:write"),
    ),
    Kind(
        *("staff", Staff, StaffEntry, ("name", "phone"), *PEOPLE),
        switch="on_duty",
        again=("phone", "name"),
        alone=False,
    ),
    Kind("alert_ladders", AlertLadder, LadderEntry, ("kind", DEPARTMENT, "min_priority"), *PEOPLE),
    Kind("alert_templates", AlertTemplate, TemplateIn, ("kind", "language"), *PEOPLE),
    Kind(
        *("open_hours", SlaCalendar, OpenHoursIn, (DEPARTMENT,), *PEOPLE),
        ids=OF_DEPARTMENT,
        links=DEPARTMENTS,
    ),
    Kind(
        *("sla_policies", SlaPolicy, PolicyIn, (DEPARTMENT,), *PEOPLE),
        ids=OF_DEPARTMENT,
        links=DEPARTMENTS,
    ),
)
