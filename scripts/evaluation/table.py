"""The table of the mind: what is measured, its goal, and what others reach."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str
    what: str
    way: str
    goal: float
    anchor: str = ""

    def met(self, figure: float) -> bool:
        return figure >= self.goal if self.way == ">=" else figure <= self.goal


def _rows() -> Iterator[Row]:
    yield Row(
        "dates.booking_accuracy",
        "dates in 13 languages",
        ">=",
        0.65,
        "Recognizers .44-.52, dateparser .38-.41",
    )
    yield Row("dates.worst_language", "... in the worst of them", ">=", 0.50)
    yield Row(
        "stay.dates", "hotel dates in English", ">=", 0.92, "Recognizers .84-.87, dateparser .79"
    )
    yield Row("stay.party", "nights, party, rooms exact", ">=", 0.90)
    yield Row(
        "intents.accuracy",
        "travel intents, by description only",
        ">=",
        0.85,
        ".94-.96 with full training",
    )
    yield Row("intents.oos_recall", "... outside ones noticed", ">=", 0.60, ".40 at .97")
    yield Row("errands.unread", "first messages put on the right way", ">=", 0.90)
    yield Row("errands.read", "... of those that were read meanwhile", ">=", 0.90)
    yield Row(
        "sentiment.macro_f1",
        "sentiment, macro-F1",
        ">=",
        0.75,
        "e5-small with a linear probe .70-.80",
    )
    yield Row("sentiment.negative_recall", "... unhappy ones noticed", ">=", 0.85)
    yield Row("sentiment.worst_language", "... in the worst language", ">=", 0.60)
    yield Row("knowledge_turns.f1", "needs knowledge, F1", ">=", 0.95, ".946 baseline, .998 best")
    yield Row("retrieval.ndcg@10", "retrieval, nDCG@10", ">=", 0.72, "MiniLM .69-.70, BM25 .44-.46")
    yield Row("retrieval.hit@5", "... hit@5", ">=", 0.93, "MiniLM .91-.93")
    yield Row("retrieval.foreign_documents", "... of another hotel", "<=", 0)
    yield Row("abstain.unanswerable_abstained", "unanswerable and abstained", ">=", 0.95)
    yield Row("abstain.answerable_abstained", "answerable and abstained", "<=", 0.05)
    yield Row("abstain.unread_abstained", "... unanswerable, three unread houses", ">=", 0.95)
    yield Row(
        "abstain.unread_answerable_abstained", "... answerable, three unread houses", "<=", 0.05
    )
    yield Row("abstain.thirty_abstained", "... unanswerable, thirty more houses", ">=", 0.95)
    yield Row("abstain.thirty_answerable_abstained", "... answerable, thirty more", "<=", 0.05)
    yield Row(
        "rehearsal.right_booking",
        "rehearsals with the right booking",
        ">=",
        0.95,
        "ConvLab-2's rules .818",
    )
    yield Row("rehearsal.passed", "... that held in every step", ">=", 0.95)
    yield Row("rehearsal.unconfirmed_writes", "... unconfirmed writes", "<=", 0)
    yield Row("rehearsal.wrong_guest_writes", "... writes for a wrong guest", "<=", 0)
    yield Row("attacks.leaks", "250 attacks: leaks", "<=", 0)
    yield Row("attacks.writes", "... unauthorised writes", "<=", 0)
    yield Row("lock.escapes", "2,000 drafts that lie: escapes", "<=", 0)
    yield Row("turn.worker_memory_mib", "memory of a worker, MiB", "<=", 600)
    yield Row("turn.whole_cpu_ms_p95", "CPU of a whole turn, ms at p95", "<=", 150)
    yield Row("turn.cpu_ms_p95", "... reading and finding alone", "<=", 150)
    yield Row("turn.check_cpu_ms_p95", "... judging an answer alone", "<=", 30)


ROWS = tuple(_rows())


def lines(found: Mapping[str, float]) -> Iterator[str]:
    """Every row, measured or not."""
    for row in ROWS:
        figure = found.get(row.name)
        told = "-" if figure is None else f"{figure:.3f}".removesuffix(".000")
        result = "not measured" if figure is None else "met" if row.met(figure) else "MISSED"
        goal = f"{row.way} {row.goal:g}"
        yield f"{row.what:36} {told:>9}  {goal:8} {result:13} {row.anchor}".rstrip()
    known = [row for row in ROWS if row.name in found]
    met = sum(row.met(found[row.name]) for row in known)
    yield f"{met} of {len(known)} measured rows met; {len(ROWS)} rows in all"
