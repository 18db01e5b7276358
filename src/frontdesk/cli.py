"""The `frontdesk` command: thin doors to what the rooms do. Heavy rooms are opened on demand."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer
from pydantic import ValidationError

from frontdesk.kit.errors import Problem
from frontdesk.kit.settings import Settings, what_is_wrong
from frontdesk.local.drop_root import NotYourFolder, forget
from frontdesk.local.place import NotRunning, data_folder, settings_here
from frontdesk.local.postgres import WrongMajor
from frontdesk.local.processes import AlreadyRunning, is_held
from frontdesk.local.screen import Screen
from frontdesk.local.spawn import HOST, DidNotStart
from frontdesk.local.up import SIMULATOR_PORT
from frontdesk.local.up import up as run_everything
from frontdesk.messaging.explain import explain

T = TypeVar("T")
app = typer.Typer(
    help="The self-hosted WhatsApp front desk for hotels.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
EXPECTED = (AlreadyRunning, NotRunning, DidNotStart, WrongMajor, NotYourFolder, Problem)
"""What a person can do something about: told in one line, with no traceback."""


def main() -> None:
    try:
        app(prog_name="frontdesk")
    except EXPECTED as e:
        sys.exit(f"frontdesk: {e}")


def _settings() -> Settings:
    try:
        return Settings()  # pyright: ignore[reportCallIssue]
    except ValidationError as e:
        sys.exit(f"frontdesk: a setting is wrong: {what_is_wrong(e)}")


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)  # noqa: TID251 - the one loop of this process


@app.command()
def up(
    smoke: Annotated[
        bool, typer.Option(help="Try the real path in a temporary folder, then stop.")
    ] = False,
) -> None:
    """Run everything on this machine: database, broker, API, worker, clock, simulator."""
    if smoke:
        from frontdesk.local.smoke import smoke as try_everything  # noqa: PLC0415 - tests only

        raise typer.Exit(_run(try_everything(_settings(), Screen())))
    raise typer.Exit(_run(run_everything(_settings(), Screen())))


@app.command()
def serve() -> None:
    """Run the API and the webhook."""
    os.execv(sys.executable, [sys.executable, "-m", "frontdesk.api"])  # noqa: S606 - without us


@app.command()
def simulator() -> None:
    """Run the GREEN-API simulator with its guests' phone (FRONTDESK_SIMULATOR_URL)."""
    from frontdesk.local.simulator.app import simulator_server  # noqa: PLC0415 - 0.3 s
    from frontdesk.local.simulator.state import Simulator  # noqa: PLC0415 - with the above

    settings = _settings()
    port = int(settings.simulator_url.rpartition(":")[2] or SIMULATOR_PORT)
    folder = data_folder(settings)
    memory = folder / "simulator.json" if folder.exists() else None
    simulator_server(Simulator(retry_pause=5), host=HOST, port=port, memory=memory).run()


@app.command()
def say(
    text: str,
    hotel: Annotated[str, typer.Option(help="The hotel's short name.")],
    guest: Annotated[str, typer.Option("--as", help="The guest's number, +34600111222.")],
    within: Annotated[float, typer.Option(help="Seconds to wait for an answer.")] = 60,
) -> None:
    """Write to a hotel as a guest, through the simulator, and print its answers."""
    import frontdesk.local.say as phone  # noqa: PLC0415 - httpx: 0.2 s

    try:
        url = settings_here(_settings()).simulator_url
        answers = _run(phone.say(url, hotel, guest, text, within=within))
    except phone.NotHeard as e:
        sys.exit(f"frontdesk: {e}")
    for answer in answers:
        typer.echo(answer)
    if not answers:
        sys.exit(f"frontdesk: no answer within {within:g} s")


@app.command()
def worker() -> None:
    """Take turns, deliver, tell staff: whatever is rung."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", "worker"])  # noqa: S606


@app.command()
def clock() -> None:
    """Hand rings to the workers, and ring again for whatever waits too long."""
    os.execv(sys.executable, [sys.executable, "-m", "workers", "clock"])  # noqa: S606


@app.command()
def migrate(
    check: Annotated[bool, typer.Option(help="Only compare the models with a new schema.")] = False,
) -> None:
    """Bring the database to the newest revision and redraw the wall (DATABASE_OWNER_URL)."""
    if check:
        from frontdesk.local.schema_check import differences  # noqa: PLC0415 - alembic: 0.4 s

        found = _run(differences())
        typer.echo(found or "The migrations make what the models mean.")
        raise typer.Exit(1 if found else 0)
    from frontdesk.local.migrate import upgrade_head  # noqa: PLC0415 - alembic: 0.4 s

    upgrade_head(settings_here(_settings()).database_owner_url)


@app.command("explain-event")
def explain_event() -> None:
    """Read one webhook body on standard input; print what we understand of it as JSON."""
    typer.echo(json.dumps(explain(sys.stdin.buffer.read()), ensure_ascii=False))


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Throw the local data folder away: hotels, guests, bookings, keys, everything."""
    folder = data_folder(_settings())
    if is_held(folder):
        raise AlreadyRunning(f"{AlreadyRunning.__doc__}: stop it first ({folder})")
    if not folder.exists():
        typer.echo(f"There is nothing in {folder}.")
        return
    if not yes:
        typer.confirm(f"Throw away everything in {folder}?", abort=True)
    forget(folder / "postgres")
    shutil.rmtree(folder)
    typer.echo(f"{folder} is gone.")


hotel_app = typer.Typer(help="The hotels of this installation.", no_args_is_help=True)
instance_app = typer.Typer(help="A hotel's WhatsApp numbers.", no_args_is_help=True)
search_app = typer.Typer(help="What can be found.", no_args_is_help=True)
dead_app = typer.Typer(help="What gave up, and how to put it back to work.", no_args_is_help=True)
app.add_typer(hotel_app, name="hotel")
app.add_typer(instance_app, name="instance")
app.add_typer(dead_app, name="dead")
user_app = typer.Typer(help="A hotel's people.", no_args_is_help=True)
app.add_typer(user_app, name="user")
audit_app = typer.Typer(help="Who did what: the chained log of a hotel.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(search_app, name="search")
HotelName = Annotated[str, typer.Option("--hotel", help="The hotel's short name.")]


@hotel_app.command("list")
def hotel_list() -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.hotels(settings_here(_settings())))


@hotel_app.command("add")
def hotel_add(slug: str, name: str, timezone: str, currency: str, language: str = "en") -> None:
    """Open a hotel; prints its id and first API key, shown this once."""
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    given = {
        "slug": slug,
        "name": name,
        "timezone": timezone,
        "currency": currency,
        "language": language,
    }
    _run(cli_operations.add_hotel(settings_here(_settings()), given))


@instance_app.command("list")
def instance_list(hotel: HotelName) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.show_instances(settings_here(_settings()), hotel))


@instance_app.command("add")
def instance_add(
    hotel: HotelName,
    id_instance: str,
    api_url: str,
    token: Annotated[str, typer.Option(prompt="apiTokenInstance", hide_input=True)],
) -> None:
    """Add a number; its token is asked for, so that no shell remembers it."""
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    given = {"id_instance": id_instance, "api_url": api_url, "api_token": token}
    _run(cli_operations.new_instance(settings_here(_settings()), hotel, given))


@instance_app.command("connect")
def instance_connect(hotel: HotelName) -> None:
    """Tell GREEN-API where to post, and ask for the number's state."""
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.connect_instances(settings_here(_settings()), hotel))


@dead_app.command("list")
def dead_list(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Events, messages, sends, happenings, deliveries and documents that gave up."""
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.show_all_dead(settings_here(_settings()), hotel))


@dead_app.command("show")
def dead_show(hotel: HotelName, dead_id: UUID) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.show_dead(settings_here(_settings()), hotel, dead_id))


@dead_app.command("replay")
def dead_replay(hotel: HotelName, dead_id: UUID) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_operations.replay_dead(settings_here(_settings()), hotel, dead_id))


RoleName = Annotated[str, typer.Option(help="admin, manager, staff, customer, or its own.")]


@user_app.command("list")
def user_list(hotel: HotelName) -> None:
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_people.show_members(settings_here(_settings()), hotel))


@user_app.command("add")
def user_add(
    hotel: HotelName,
    email: str,
    name: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: RoleName = "admin",
) -> None:
    """Make a member at once, with a password; who has one already keeps it."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    given = {"email": email, "name": name, "role": role}
    _run(cli_people.add_member(settings_here(_settings()), hotel, given, password))


@user_app.command("invite")
def user_invite(hotel: HotelName, email: str, name: str, role: RoleName = "staff") -> None:
    """Mail them a link; the worker sends it."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    given = {"email": email, "name": name, "role": role}
    _run(cli_people.invite_member(settings_here(_settings()), hotel, given))


@user_app.command("disable")
def user_disable(
    email: str, undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False
) -> None:
    """Shut a person out of every hotel, at once."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_people.disable_person(settings_here(_settings()), email, again=undo))


@app.command("identity-provider")
def identity_provider(
    port: int = 8091,
    client: str = "frontdesk",
    secret: Annotated[str, typer.Option(help="The client's; made up where none is given.")] = "",
) -> None:
    """Run an OpenID Connect provider on loopback that believes whoever comes, to try sign-in."""
    from frontdesk import cli_people  # noqa: PLC0415 - 0.3 s

    cli_people.provide_identities(port, client, secret)


@audit_app.command("verify")
def audit_verify(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Recompute the chains; exit 1 where one is broken."""
    from frontdesk import cli_audit  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(_run(cli_audit.verify_chains(settings_here(_settings()), hotel)))


@audit_app.command("export")
def audit_export(hotel: HotelName) -> None:
    """Print every sealed entry, a line of JSON each: its SHA-256 is the next one's prev_hash."""
    from frontdesk import cli_audit  # noqa: PLC0415 - the rooms, 1 s

    _run(cli_audit.export_chain(settings_here(_settings()), hotel))


@search_app.command("rebuild")
def search_rebuild(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Read everything that can be found anew."""
    from frontdesk.cli_search import rebuild_search  # noqa: PLC0415 - the rooms, 1 s

    _run(rebuild_search(settings_here(_settings()), hotel))


@app.command()
def isolation(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prove the wall between hotels; exit 1 on any hole."""
    from frontdesk.cli_isolation import isolation as prove  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(_run(prove(settings_here(_settings()), as_json=as_json)))


@app.command()
def understand(
    labels: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Names and descriptions.")
    ] = None,
) -> None:
    """Read guests' messages, one JSON object a line; print what the local engine makes of each."""
    from frontdesk import cli_measure  # noqa: PLC0415 - the model, 0.3 s

    raise typer.Exit(cli_measure.understand(labels))


@app.command()
def retrieve(
    knowledge: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="The documents, one a line.")
    ],
) -> None:
    """Read questions, one JSON object a line; print the documents that answer each, best first."""
    from frontdesk import cli_measure  # noqa: PLC0415 - the model, 0.3 s

    raise typer.Exit(cli_measure.retrieve(knowledge))


if __name__ == "__main__":
    main()
