"""Every door of the desk, for the app to open."""

from frontdesk.conversations.autonomy_routes import router as autonomy
from frontdesk.conversations.catalogue_routes import router as catalogue
from frontdesk.conversations.desk_routes import router as desk
from frontdesk.conversations.escalation_routes import router as escalation
from frontdesk.conversations.list_routes import router as lists
from frontdesk.conversations.note_routes import router as notes
from frontdesk.conversations.routes import router as conversations
from frontdesk.conversations.shift_routes import router as shifts
from frontdesk.conversations.state_routes import router as states
from frontdesk.conversations.task_routes import router as tasks
from frontdesk.conversations.writing_routes import router as writing

ROUTERS = (
    lists,
    conversations,
    states,
    writing,
    notes,
    tasks,
    desk,
    catalogue,
    escalation,
    shifts,
    autonomy,
)
