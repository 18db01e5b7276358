"""The `frontdesk` command: thin doors to what the rooms do. Heavy rooms are opened on demand."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from frontdesk.cli_here import here, settings
from frontdesk.cli_hotel import GROUPS
from frontdesk.kit.errors import Problem
from frontdesk.kit.loop import run
from frontdesk.local.drop_root import NotYourFolder, forget
from frontdesk.local.place import NotRunning, data_folder
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


@app.command()
def up(
    smoke: Annotated[
        bool, typer.Option(help="Try the real path in a temporary folder, then stop.")
    ] = False,
) -> None:
    """Run everything on this machine: database, broker, API, worker, clock, simulator."""
    if smoke:
        from frontdesk.local.smoke import smoke as try_everything  # noqa: PLC0415 - tests only

        raise typer.Exit(run(try_everything(settings(), Screen())))
    raise typer.Exit(run(run_everything(settings(), Screen())))


@app.command()
def serve() -> None:
    """Run the API and the webhook."""
    os.execv(sys.executable, [sys.executable, "-m", "frontdesk.api"])  # noqa: S606 - without us


@app.command()
def receive() -> None:
    """Run the webhook alone, beside an API that then need not answer it."""
    os.execv(sys.executable, [sys.executable, "-m", "frontdesk.api", "receive"])  # noqa: S606


@app.command()
def simulator() -> None:
    """Run the GREEN-API simulator with its guests' phone (FRONTDESK_SIMULATOR_URL)."""
    from frontdesk.local.simulator.app import simulator_server  # noqa: PLC0415 - 0.3 s
    from frontdesk.local.simulator.state import Simulator  # noqa: PLC0415 - with the above

    own = settings()
    port = int(own.simulator_url.rpartition(":")[2] or SIMULATOR_PORT)
    folder = data_folder(own)
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
        url = here().simulator_url
        answers = run(phone.say(url, hotel, guest, text, within=within))
    except phone.NotHeard as e:
        sys.exit(f"frontdesk: {e}")
    for answer in answers:
        typer.echo(answer)
    if not answers:
        sys.exit(f"frontdesk: no answer within {within:g} s")


@app.command()
def rehearse(
    scripts: Annotated[
        list[Path] | None, typer.Argument(exists=True, dir_okay=False, help="Scripts to play.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those that ship, too.")] = False,
    verbose: Annotated[bool, typer.Option(help="Print what was said.")] = False,
) -> None:
    """Play scripted guests against a demo hotel of their own, on a clock of their own."""
    from frontdesk.cli_rehearse import rehearse as play  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(run(play(scripts or (), everything=everything, verbose=verbose)))


@app.command()
def replay(
    conversation: UUID,
    engine: Annotated[str, typer.Option(help="What reads the guest: local or groq.")] = "local",
    knowledge: Annotated[
        int | None, typer.Option(min=1, help="A published version of the knowledge, by its number.")
    ] = None,
) -> None:
    """Decide a stored conversation again, read-only, and print what differs; exit 1 if any."""
    from frontdesk.cli_replay import replay_conversation  # noqa: PLC0415 - the rooms, 1 s

    again = replay_conversation(here(), conversation, engine=engine, knowledge=knowledge)
    raise typer.Exit(run(again))


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

        found = run(differences())
        typer.echo(found or "The migrations make what the models mean.")
        raise typer.Exit(1 if found else 0)
    from frontdesk.local.migrate import upgrade_head  # noqa: PLC0415 - alembic: 0.4 s

    upgrade_head(here().database_owner_url)


@app.command("explain-event")
def explain_event() -> None:
    """Read one webhook body on standard input; print what we understand of it as JSON."""
    typer.echo(json.dumps(explain(sys.stdin.buffer.read()), ensure_ascii=False))


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Throw the local data folder away: hotels, guests, bookings, keys, everything."""
    folder = data_folder(settings())
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


for name, group in GROUPS.items():
    app.add_typer(group, name=name)


@app.command("identity-provider")
def identity_provider(
    port: int = 8091,
    client: str = "frontdesk",
    secret: Annotated[str, typer.Option(help="The client's; made up where none is given.")] = "",
) -> None:
    """Run an OpenID Connect provider on loopback that believes whoever comes, to try sign-in."""
    from frontdesk import cli_people  # noqa: PLC0415 - 0.3 s

    cli_people.provide_identities(port, client, secret)


@app.command("groq-stand-in")
def groq_stand_in(
    port: int = 8092,
    mode: Annotated[
        str, typer.Option(help="scripted, slow, broken, refusing or malicious.")
    ] = "scripted",
) -> None:
    """Run a stand-in for Groq on loopback, to try FRONTDESK_ENGINE=groq without an account."""
    from frontdesk import cli_measure  # noqa: PLC0415 - starlette and the mind, 0.5 s

    cli_measure.stand_in_for_groq(port, mode)


@app.command("mews-stand-in")
def mews_stand_in(
    port: int = 8093,
    mode: Annotated[str, typer.Option(help="plain, slow, busy, refusing or malformed.")] = "plain",
) -> None:
    """Run a stand-in for a hotel's Mews account on loopback, to try the PMS adapter."""
    from frontdesk import cli_measure  # noqa: PLC0415 - starlette and the mind, 0.5 s

    cli_measure.stand_in_for_mews(port, mode)


@app.command()
def isolation(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prove the wall between hotels; exit 1 on any hole."""
    from frontdesk.cli_isolation import isolation as prove  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(run(prove(here(), as_json=as_json)))


@app.command()
def understand(
    labels: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Names and descriptions.")
    ] = None,
    engine: Annotated[str, typer.Option(help="local, or groq to let the model help.")] = "local",
) -> None:
    """Read guests' messages, one JSON object a line; print what an engine makes of each."""
    from frontdesk import cli_measure  # noqa: PLC0415 - the model, 0.3 s

    if engine not in ("local", "groq"):
        raise typer.BadParameter("an engine is local or groq")
    raise typer.Exit(cli_measure.understand(labels, settings() if engine == "groq" else None))


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
