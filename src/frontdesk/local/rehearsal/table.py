"""The figures of many rehearsals, and the table that shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from frontdesk.local.rehearsal.play import Played


@dataclass(frozen=True, slots=True)
class Sums:
    """The figures of a set of scripts."""

    scripts: int
    passed: int
    with_booking: int
    right_booking: int
    unconfirmed: int
    wrong_guest: int
    messages: int

    @property
    def right_share(self) -> float:
        return self.right_booking / self.with_booking if self.with_booking else 1.0


def sums(played: Sequence[Played]) -> Sums:
    booked = [p for p in played if p.books]
    return Sums(
        scripts=len(played),
        passed=sum(not p.wrong for p in played),
        with_booking=len(booked),
        right_booking=sum(p.booked_right for p in booked),
        unconfirmed=sum(p.unconfirmed for p in played),
        wrong_guest=sum(p.wrong_guest for p in played),
        messages=sum(p.said for p in played),
    )


def table(played: Sequence[Played]) -> str:
    """A line a language, and all of them."""
    lines = [
        f"{'':12}{'scripts':>8}{'passed':>8}{'right booking':>15}{'unconfirmed':>13}{'wrong':>7}"
    ]
    languages = sorted({p.script.language for p in played})
    lines += [_line(one, [p for p in played if p.script.language == one]) for one in languages]
    return "\n".join([*lines, _line("all", played)])


def _line(name: str, played: Sequence[Played]) -> str:
    got = sums(played)
    right = f"{got.right_booking}/{got.with_booking} {got.right_share:.1%}"
    return (
        f"{name:12}{got.scripts:>8}{got.passed:>8}{right:>15}"
        f"{got.unconfirmed:>13}{got.wrong_guest:>7}"
    )
