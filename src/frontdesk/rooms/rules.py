"""Which way a room's status and a task may go, and what staff mean by a word."""

import re
from collections.abc import Mapping

STATUSES = ("clean", "dirty", "inspected", "out_of_order", "occupied")
STATUS_WAYS: Mapping[str, frozenset[str]] = {
    "dirty": frozenset({"clean", "inspected"}),
    "clean": frozenset({"dirty", "inspected", "occupied"}),
    "inspected": frozenset({"dirty", "clean", "occupied"}),
    "occupied": frozenset({"dirty", "clean"}),
    "out_of_order": frozenset({"dirty", "clean", "inspected"}),
}
"""Into and out of order goes with a block, which takes the stock as well."""
TASK_WAYS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"assigned", "started", "done", "cancelled"}),
    "assigned": frozenset({"assigned", "open", "started", "done", "cancelled"}),
    "started": frozenset({"assigned", "done", "cancelled"}),
    "done": frozenset({"inspected", "assigned", "open"}),
    "inspected": frozenset(),
    "cancelled": frozenset({"open"}),
}
"""`done` goes back to `open` or `assigned` where an inspection found something."""
JOB_WAYS: Mapping[str, frozenset[str]] = {
    "open": frozenset({"started", "done", "cancelled"}),
    "started": frozenset({"open", "done", "cancelled"}),
    "done": frozenset({"open"}),
    "cancelled": frozenset({"open"}),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "clean": ("clean", "cleaned", "ready", "limpia", "limpio", "lista", "propre", "prête", "sauber",
              "pulita", "pronta", "limpa", "чисто", "готово", "temiz", "نظيفة"),
    "dirty": ("dirty", "sucia", "sucio", "sale", "schmutzig", "dreckig", "sporca", "suja",
              "грязно", "kirli", "متسخة"),
    "inspected": ("inspected", "checked", "revisada", "inspeccionada", "inspectée", "geprüft",
                  "ispezionata", "controllata", "inspecionada", "проверено", "kontrol"),
    "out_of_order": ("ooo", "broken", "blocked", "averiada", "rota", "bloqueada", "panne",
                     "bloquée", "defekt", "gesperrt", "guasta", "bloccata", "avariada",
                     "сломано", "bozuk", "معطلة"),
}  # fmt: skip
SAID = re.compile(
    r"^\W*(?:room|hab\w*|chambre|zimmer|camera|quarto|номер)?\W*(\w*\d\w*)\W+([^\W\d]+)\W*$",
    re.IGNORECASE,
)


def word_for_room(text: str) -> tuple[str, str] | None:
    """(room number, status) where a text says just that: `204 clean`, `Zimmer 204: sauber`."""
    said = SAID.match(re.sub(r"out[ -]of[ -]order", "ooo", text[:200], flags=re.IGNORECASE))
    if said is None:
        return None
    word = said[2].casefold()
    meant = next((status for status, words in WORDS.items() if word in words), None)
    return (said[1], meant) if meant is not None else None
