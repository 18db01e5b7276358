"""Who is of some departments sees and works their chats and tasks, and no other's, by any route."""

from collections import Counter

from frontdesk.api.app import api_routes, create_app
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.kit.settings import Settings
from frontdesk.operations.probe_departments import probe_departments
from frontdesk.operations.probe_world import make_world


async def test_no_route_shows_or_takes_another_departments_rows(
    settings: Settings, db: Database, hotel: HotelId
) -> None:
    app = create_app(settings.model_copy(update={"allow_private_urls": True}))
    async with app.router.lifespan_context(app), Rehearsal.of(db) as stage:
        world = await make_world(stage, app.state.vault, hotel, now=app.state.clock.now())
        app.state.db = stage
        findings = await probe_departments(app, api_routes(app), stage, world)
    assert [f for f in findings if not f.holds] == []
    counts = Counter(f.check for f in findings)
    assert counts["another department's id is not there"] >= 45
    assert counts["one's own department's id is there"] >= 35
    assert counts["what is the whole hotel's is not a department's"] >= 60
    assert counts["an answer has no other department's rows"] >= 300
