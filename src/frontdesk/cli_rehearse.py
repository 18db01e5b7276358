"""`frontdesk rehearse`: scripted guests against a demo hotel, and what came of them."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from frontdesk.kit.logs import configure_logging
from frontdesk.local.rehearsal.play import Played
from frontdesk.local.rehearsal.run import rehearse_apart
from frontdesk.local.rehearsal.script import BadScript, Script, read_scripts, shipped
from frontdesk.local.rehearsal.table import sums, table


async def rehearse(files: Sequence[Path], *, everything: bool, verbose: bool) -> int:
    """0 only where every script held and nothing was written that nobody had agreed to."""
    configure_logging("CRITICAL", "console")
    try:
        scripts = [*(shipped() if everything else ()), *(s for f in files for s in read_scripts(f))]
    except BadScript as wrong:
        sys.exit(f"frontdesk: {wrong}")
    if not scripts:
        sys.exit("frontdesk: name a script, or --all for those that ship")
    played, took = await rehearse_apart(scripts, lambda done: _tell(done, verbose=verbose))
    typer.echo(f"\n{table(played)}")
    got = sums(played)
    typer.echo(f"\n{got.scripts} scripts, {got.messages} messages, {took:.0f} s")
    return 0 if got.passed == got.scripts and not got.unconfirmed + got.wrong_guest else 1


def _tell(done: Played, *, verbose: bool) -> None:
    script: Script = done.script
    typer.echo(f"{'FAILED' if done.wrong else 'ok    '}  {script.place:24} {script.title}")
    if verbose:
        for line in done.transcript:
            typer.echo(f"    {line}")
    for what in done.wrong:
        typer.echo(f"          {what}")
