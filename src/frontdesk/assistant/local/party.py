"""How many people, rooms and nights a text asks for."""

import re

from frontdesk.assistant.local.calendar_words import DAYS, NIGHTS, NUMBER, WEEKS, number
from frontdesk.assistant.local.folding import any_of, fold

ADULTS = any_of(
    "adult|adults|adulto|adultos|adulta|adultas|erwachsene|erwachsener|erwachsenen|adulte|adultes"
    "|adulti|взрослый|взрослых|взрослые|بالغ|بالغين|بالغان|volwassene|volwassenen|yetişkin|大人|成人"
    "|어른|성인|वयस्क"
)
CHILDREN = any_of(
    "child|children|kid|kids|baby|babies|toddler|toddlers|niño|niños|niña|niñas|hijo|hijos|bebé"
    "|kind|kinder|kindern|baby|enfant|enfants|bébé|bambino|bambini|bambina|criança|crianças|ребенок"
    "|ребенка|ребенком|детей|дети|детьми|طفل|أطفال|طفلين|kinderen|çocuk|孩子|儿童|子供|子ども|아이|बच्चे"
)
PEOPLE = any_of(
    "people|persons|person|guests|guest|pax|of us|personas|persona|huéspedes|personen|gäste|leute"
    "|personne|personnes|persone|ospiti|pessoas|pessoa|hóspedes|человек|человека|гостей|людей|персон"
    "|персоны|أشخاص|شخص|شخصين|ضيوف|mensen|gasten|kişi|人|名|명|लोग|लोगों"
)
ROOMS = any_of(
    "room|rooms|habitación|habitaciones|cuarto|cuartos|zimmer|chambre|chambres|camera|camere|quarto"
    "|quartos|номер|номера|номеров|غرفة|غرف|غرفتين|kamer|kamers|oda|间|間|部屋|개|कमरे"
)
FOR = any_of("for|para|für|pour|per|для|на|ل|voor|için")
ONE_NIGHT = re.compile(
    rf"(?<!\w)(?:{any_of('one night|a night|una noche|eine nacht|une nuit|una notte|uma noite|одну ночь|ليلة واحدة')})(?!\w)"
)
PAIRS = {
    2: any_of(
        "my wife|my husband|my partner|my girlfriend|my boyfriend|couple|mi mujer|mi esposa|mi marido"
        "|mi pareja|meine frau|mein mann|meiner frau|meinem mann|ma femme|mon mari|mia moglie"
        "|mio marito|minha esposa|meu marido|с женой|с мужем|زوجتي|زوجي|zu zweit|à deux|in due"
        "|a dois|вдвоем|somos dos|شخصين|لشخصين"
    ),
    3: any_of("zu dritt|à trois|in tre|втроем|somos tres"),
    4: any_of("zu viert|à quatre|in quattro|вчетвером|somos cuatro"),
}


def _count(noun: str, *, also: str = "") -> re.Pattern[str]:
    """A number before the noun, with at most one word (an adjective) between."""
    return re.compile(rf"(?<!\w)(?P<n>{NUMBER})\s*(?:\w+\s+)??(?:{noun})(?!\w){also}")


HOW_MANY_ADULTS = _count(ADULTS)
HOW_MANY_CHILDREN = _count(CHILDREN)
HOW_MANY_PEOPLE = _count(PEOPLE)
HOW_MANY_ROOMS = _count(ROOMS)
HOW_MANY_NIGHTS = re.compile(rf"(?<!\w)(?P<n>{NUMBER})\s*(?:\w+\s+)??(?:{NIGHTS})(?!\w)")
HOW_MANY_DAYS = re.compile(rf"(?<!\w)(?P<n>{NUMBER})\s*(?:{DAYS})(?!\w)")
HOW_MANY_WEEKS = re.compile(rf"(?<!\w)(?P<n>{NUMBER})\s*(?:{WEEKS})(?!\w)")
FOR_N = re.compile(
    rf"(?<!\w)(?:{FOR})\s*(?P<n>{NUMBER})(?!\w|\s*(?:{NIGHTS}|{DAYS}|{WEEKS})|[/.:-]\d)"
)
ONE_ROOM = frozenset({"a", "an", "un", "una", "une", "ein", "eine", "um", "uma", "bir", "een"})


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    found = pattern.search(text)
    return None if found is None else number(found["n"])


def nights(text: str) -> int | None:
    folded = fold(text)
    found = _first(HOW_MANY_NIGHTS, folded) or (1 if ONE_NIGHT.search(folded) else None)
    if found is None:
        found = _first(HOW_MANY_DAYS, folded)
    if found is None and (weeks := _first(HOW_MANY_WEEKS, folded)) is not None:
        found = weeks * 7
    return found


def party(text: str) -> tuple[int | None, int | None, int | None]:
    """(adults, children, rooms), each None where it was not said."""
    folded = fold(text)
    adults = _first(HOW_MANY_ADULTS, folded)
    children = _first(HOW_MANY_CHILDREN, folded)
    if adults is None:
        adults = _first(HOW_MANY_PEOPLE, folded) or _first(FOR_N, folded) or _pair(folded)
    room = HOW_MANY_ROOMS.search(folded)
    rooms = None if room is None or room["n"] in ONE_ROOM else number(room["n"])
    return adults, children, rooms


def _pair(folded: str) -> int | None:
    return next(
        (n for n, words in PAIRS.items() if re.search(rf"(?<!\w)(?:{words})(?!\w)", folded)), None
    )
