"""The commands about one hotel: itself, its numbers, its people, its dead list, its audit log."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from frontdesk.cli_here import here
from frontdesk.kit.loop import run

hotel_app = typer.Typer(help="The hotels of this installation.", no_args_is_help=True)
instance_app = typer.Typer(help="A hotel's WhatsApp numbers.", no_args_is_help=True)
search_app = typer.Typer(help="What can be found.", no_args_is_help=True)
dead_app = typer.Typer(help="What gave up, and how to put it back to work.", no_args_is_help=True)
user_app = typer.Typer(help="A hotel's people.", no_args_is_help=True)
secrets_app = typer.Typer(help="What is sealed at rest.", no_args_is_help=True)
audit_app = typer.Typer(help="Who did what: the chained log of a hotel.", no_args_is_help=True)
HotelName = Annotated[str, typer.Option("--hotel", help="The hotel's short name.")]


@hotel_app.command("list")
def hotel_list() -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.hotels(here()))


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
    run(cli_operations.add_hotel(here(), given))


ConfigurationFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@hotel_app.command("export")
def hotel_export(hotel: HotelName) -> None:
    """Print the hotel's whole configuration as YAML."""
    from frontdesk import cli_configuration  # noqa: PLC0415 - the rooms, 1 s

    run(cli_configuration.export_hotel(here(), hotel))


@hotel_app.command("diff")
def hotel_diff(hotel: HotelName, file: ConfigurationFile) -> None:
    """Tell what applying the file would change."""
    from frontdesk import cli_configuration  # noqa: PLC0415 - the rooms, 1 s

    wanted = cli_configuration.read_file(file)
    work = cli_configuration.apply_file(here(), hotel, file, wanted, dry_run=True)
    raise typer.Exit(run(work))


@hotel_app.command("apply")
def hotel_apply(hotel: HotelName, file: ConfigurationFile) -> None:
    """Make the hotel what the file says, all of it or nothing; a second time changes nothing."""
    from frontdesk import cli_configuration  # noqa: PLC0415 - the rooms, 1 s

    wanted = cli_configuration.read_file(file)
    work = cli_configuration.apply_file(here(), hotel, file, wanted, dry_run=False)
    raise typer.Exit(run(work))


@instance_app.command("list")
def instance_list(hotel: HotelName) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.show_instances(here(), hotel))


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
    run(cli_operations.new_instance(here(), hotel, given))


@instance_app.command("connect")
def instance_connect(hotel: HotelName) -> None:
    """Tell GREEN-API where to post, and ask for the number's state."""
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.connect_instances(here(), hotel))


@dead_app.command("list")
def dead_list(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Events, messages, sends, happenings, deliveries, documents, payments, webhooks, and what
    rules had planned, or were doing step by step: all that gave up.
    """
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.show_all_dead(here(), hotel))


@dead_app.command("show")
def dead_show(hotel: HotelName, dead_id: UUID) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.show_dead(here(), hotel, dead_id))


@dead_app.command("replay")
def dead_replay(hotel: HotelName, dead_id: UUID) -> None:
    from frontdesk import cli_operations  # noqa: PLC0415 - the rooms, 1 s

    run(cli_operations.replay_dead(here(), hotel, dead_id))


RoleName = Annotated[str, typer.Option(help="admin, manager, staff, customer, or its own.")]


@user_app.command("list")
def user_list(hotel: HotelName) -> None:
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    run(cli_people.show_members(here(), hotel))


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
    run(cli_people.add_member(here(), hotel, given, password))


@user_app.command("invite")
def user_invite(hotel: HotelName, email: str, name: str, role: RoleName = "staff") -> None:
    """Mail them a link; the worker sends it."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    given = {"email": email, "name": name, "role": role}
    run(cli_people.invite_member(here(), hotel, given))


@user_app.command("disable")
def user_disable(
    email: str, undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False
) -> None:
    """Shut a person out of every hotel, at once."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    run(cli_people.disable_person(here(), email, again=undo))


@user_app.command("lost-factor")
def user_lost_factor(email: str) -> None:
    """Take off the second factor of who lost it with its recovery codes. Be sure who asks."""
    from frontdesk import cli_people  # noqa: PLC0415 - the rooms, 1 s

    run(cli_people.take_factor_off(here(), email))


@audit_app.command("verify")
def audit_verify(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Recompute the chains; exit 1 where one is broken."""
    from frontdesk import cli_audit  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(run(cli_audit.verify_chains(here(), hotel)))


@audit_app.command("export")
def audit_export(hotel: HotelName) -> None:
    """Print every sealed entry, a line of JSON each: its SHA-256 is the next one's prev_hash."""
    from frontdesk import cli_audit  # noqa: PLC0415 - the rooms, 1 s

    run(cli_audit.export_chain(here(), hotel))


@search_app.command("rebuild")
def search_rebuild(
    hotel: Annotated[str | None, typer.Option(help="Its short name; all by default.")] = None,
) -> None:
    """Read everything that can be found anew."""
    from frontdesk.cli_search import rebuild_search  # noqa: PLC0415 - the rooms, 1 s

    run(rebuild_search(here(), hotel))


@secrets_app.command("rotate")
def secrets_rotate(
    hotel: Annotated[str | None, typer.Option(help="short name of one that gets a new key")] = None,
) -> None:
    """Bring every secret at rest under the first of FRONTDESK_SECRET_KEY, while all runs."""
    from frontdesk.cli_secrets import rotate_secrets  # noqa: PLC0415 - the rooms, 1 s

    raise typer.Exit(run(rotate_secrets(here(), hotel)))


GROUPS = {
    "hotel": hotel_app,
    "instance": instance_app,
    "dead": dead_app,
    "user": user_app,
    "audit": audit_app,
    "search": search_app,
    "secrets": secrets_app,
}
