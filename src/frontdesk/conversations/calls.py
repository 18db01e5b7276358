"""What calls a person whatever else a message is about: by rules, and by what was learnt."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from frontdesk.assistant.local.folding import fold, word_lists
from frontdesk.assistant.local.phrases import HARMLESS
from frontdesk.assistant.need import Need
from frontdesk.assistant.values import Reading
from frontdesk.conversations.escalation import Cause

LISTS = Path(__file__).with_name("call_words.txt")
OURS = (
    r"(?:my|our|mi|mis|nuestr\w+|mein\w*|unser\w*|mon|ma|mes|notre|mio|mia|nostr\w+|meu|minha"
    r"|noss\w+|mijn|onze|мо[йяеи]\w*|наш\w*)"
)
"""Whose person it is: a guest's own is nobody of the house."""
APART = rf"(?!\w)(?:(?!\b{OURS}\b)[^.!?\n।。]){{0,45}}?(?<!\w)"
"""A few words of the same sentence."""
DENSE = "dense"
"""Lists for scripts that leave no space between words."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


PEOPLE = (
    r"(?:a |an |the |some ?|any ?|your |real |live |actual )*(?:human|person|one|body|somebody"
    r"|someone|anyone|anybody|people|staff|manager|director|owner|receptionist|reception|agent"
    r"|colleague|operator|representative|front desk|supervisor|employee|member of (?:the |your )?staff)\b"
)
MENSCHEN = (
    r"(?:\w+ ){0,3}(?:mensch\w*|person|jemand\w*|mitarbeiter\w*|kolleg\w*|manager\w*|chef\w*"
    r"|leiter\w*|rezeption\w*|empfang\w*|direktor\w*)"
)
GENTE = (
    r"(?:\w+ ){0,3}(?:persona|humano|alguien|recepci[oó]n|recepcionista|director\w*|gerente|encargad\w+"
    r"|responsable|agente|compañer\w+|operador\w*|empleado)"
)
GENS = (
    r"(?:\w+['’ ]){0,3}(?:personne|humain|quelqu['’]un|r[ée]ception\w*|directeur|directrice"
    r"|responsable|g[ée]rant\w*|agent|coll[èe]gue|conseiller)"
)
GENTI = (
    r"(?:\w+['’ ]){0,3}(?:persona|umano|qualcuno|reception|receptionist|direttore|direttrice"
    r"|responsabile|operatore|collega|addett\w+)"
)
PESSOAS = (
    r"(?:\w+ ){0,3}(?:pessoa|humano|algu[ée]m|rece[pç]\w*|recepcionista|diretor\w*|gerente"
    r"|respons[áa]vel|atendente|operador\w*|colega)"
)
LYUDI = (
    r"(?:\w+ ){0,3}(?:челове\w+|люд\w+|администратор\w*|менеджер\w*|оператор\w*|сотрудник\w*"
    r"|ресепш\w+|директор\w*|кем-нибудь)"
)
WORDS: Mapping[Cause, re.Pattern[str]] = MappingProxyType(
    {
        Cause.PERSON: _any(
            rf"\b(?:speak|talk|chat|connect|put me through|transfer|get through)\b.{{0,25}}\b(?:to|with|me)\b.{{0,12}}{PEOPLE}",
            rf"\b(?:get|call|send|give|find|pass) me {PEOPLE}",
            rf"\b(?:could|can|may|would|will) {PEOPLE}.{{0,30}}\b(?:contact|call|phone|ring|write|answer|help|talk)\b.{{0,10}}\b(?:me|us|back)",
            rf"\b(?:need|want|prefer) (?:to \w+ )?{PEOPLE}(?! room)(?=.{{0,30}}(?:answer|help|talk|speak|not|instead|please|now|$))",
            r"(?:\b(?:no|not|without)|n['’]t)\b.{0,25}\b(?:bot|robot|machine|chatbot)\b",
            rf"\b(?:is there|are there|have you got|do you have) {PEOPLE}.{{0,20}}\b(?:chat|talk|speak|reach|write)",
            r"^\W*(?:a |an |the )?(?:human|agent|operator|reception|manager|real person|person|staff)\b(?:,? ?please)?\W*$",
            rf"\b(?:hablar|comuni\w+|contactar)\b {GENTE}",
            rf"\b(?:p[aá]s[ae]\w*|p[oó]ng\w+|comun[ií]qu\w+|con[eé]ct\w+)\b.{{0,12}}{GENTE}",
            r"\b(?:alguna persona|alguien)\b.{0,30}\b(?:atend\w+|ayud\w+|llam\w+|contest\w+)",
            r"\bno\b.{0,20}\b(?:robot|bot|m[aá]quina)\b",
            rf"\b(?:mit|an) {MENSCHEN}.{{0,30}}\b(?:sprechen|reden|verbind\w+|telefonier\w+)",
            rf"\b(?:sprechen|reden|verbind\w+)\b.{{0,15}}\bmit {MENSCHEN}",
            rf"\b(?:kann|könnte|soll) (?:mich )?{MENSCHEN}.{{0,30}}(?:anrufen|zurückrufen|melden|helfen)",
            r"\b(?:kein\w*|nicht)\b.{0,20}\b(?:bot|roboter|maschine)\b",
            rf"\b(?:parler|discuter|joindre)\b.{{0,6}} {GENS}",
            rf"\b(?:passez|mettez|transf[ée]rez)\b.{{0,15}}{GENS}",
            r"\bpas\b.{0,20}\b(?:robot|bot|machine)\b",
            rf"\b(?:parlare|contattare)\b {GENTI}",
            rf"\b(?:passi|passatemi|mett\w+)\b.{{0,15}}{GENTI}",
            rf"\b(?:falar)\b {PESSOAS}",
            rf"\b(?:passe|ligue|transfira)\b.{{0,15}}{PESSOAS}",
            rf"\b(?:поговорить|говорить|связаться|соедините|свяжите|переключите)\b.{{0,20}} {LYUDI}",
            r"(?:التحدث|أتحدث|اتكلم|أتكلم|التكلم|الحديث|حولني|وصلني).{0,20}(?:شخص|موظف|مدير|إنسان|أحد|استقبال)",
        ),
        Cause.SENTIMENT: _any(
            r"\b(?:make|file|lodge|want to|wish to|like to) (?:a )?(?:formal )?complain\w*",
            r"\b(?:poner|presentar|hacer) una (?:queja|reclamaci[oó]n)|\bquejarme\b|\bhoja de reclamaci",
            r"\bbeschwer(?:en|de|d)\w*|\breklamier\w*|\breklamation",
            r"\b(?:d[ée]çu|m[ée]content|insatisfait)\w*|\br[ée]clamation|\bme plaindre",
            r"\breclamo\b|\blamentar(?:mi|ci)\b|\bdelus[oaie]\b",
            r"\breclama(?:ç|c)(?:ão|oes|ões)\b|\breclamar\b|\bdesiludid\w+",
            r"\bпожаловаться\b|\bжалоб\w+|\bразочаров\w+",
            r"شكوى|أشتكي|اشتكي",
        ),
        Cause.URGENCY: _any(
            r"\b(?:break|breaking|broke) in(?:to)?\b.{0,20}\b(?:room|door|apartment|window)",
            r"\b(?:can ?not|can['’]?t|cannot|lost)\b.{0,12}\b(?:my|our) (?:little )?(?:son|daughter|child|kid|boy|girl|baby)\b",
            r"\b(?:don['’]?t|do not) want to live\b|\bkill myself\b|\bend my life\b",
            r"\b(?:stuck|trapped|locked) (?:in|inside|on|out)\b.{0,15}\b(?:elevator|lift|balcony|sauna|bathroom|room)",
            r"\bsmell\w*\b.{0,10}\bgas\b|\bgas leak|\battack(?:ing|ed)? (?:me|us|her|him)\b",
            r"\bhuele a gas\b|\bfuga de gas\b|\batac(?:a|ando|an|ado)\b|\bno encuentro a mi (?:hij|niñ)\w+",
            r"\b(?:encerrad|atrapad)\w+\b.{0,20}\b(?:ascensor|balc[oó]n|baño)",
            r"\briecht nach gas\b|\bbricht\b.{0,20}\bein\b|\bfinde mein\w* (?:kind|sohn|tochter)\b",
            r"\b(?:aufzug|lift|balkon|bad)\b.{0,20}\b(?:eingeschlossen|eingesperrt|stecken)",
            r"\bodeur de gaz\b|\bsent le gaz\b|\btrouve plus (?:mon|ma) (?:fils|fille|enfant)\b|\bbloqu[ée]\w*\b.{0,15}\bascenseur",
            r"\bpuzza di gas\b|\bnon trovo pi[ùu] (?:mio|mia) figli\w+|\bbloccat\w+\b.{0,15}\bascensore",
            r"\bcheira a g[áa]s\b|\bn[ãa]o encontro (?:o|a) (?:meu|minha) filh\w+|\bpres\w+\b.{0,10}\belevador",
            r"\bпахнет газом\b|\bзастряли?\b.{0,15}\bлифт\w+|\bне могу найти\b.{0,15}\b(?:сын|доч|реб)\w+",
            r"رائحة غاز|عالق\w*.{0,15}المصعد|لا أجد (?:ابني|ابنتي|طفلي)",
        ),
        Cause.POLICY: _any(
            r"\bmoney back\b|\brefund\w*\b|\bovercharged\b|\bcharged\b.{0,25}\btwice\b|\bdouble charge|\bcompensat\w+|\bchargeback\b|\bdispute\b.{0,20}\b(?:charge|bill|payment)|\bbill is wrong\b",
            r"\b(?:sue|lawyer|attorney|legal action|court)\b",
            r"\b(?:devuelv\w+|reembols\w+|indemnizaci[oó]n|compensaci[oó]n|cobrad\w+ dos veces|cobrado de m[aá]s)\b|\b(?:abogad\w+|denunciar|demandar\w*)\b",
            r"\b(?:geld zur[üu]ck|erstatt\w+|r[üu]ckerstattung|schadens?ersatz|entsch[äa]digung|zu viel berechnet|doppelt (?:ab)?gebucht)\b|\b(?:anwalt\w*|verklag\w+|anzeige)\b",
            r"\bremours\w*|\brembours\w+|\bindemni\w+|\bd[ée]dommag\w+|\bd[ée]bit[ée]\w* deux fois|\bavocat\w*|\bporter plainte\b",
            r"\brimbors\w+|\brisarciment\w+|\baddebitat\w+ due volte|\bavvocat\w+|\bdenunci\w+",
            r"\breembols\w+|\bdinheiro de volta\b|\bindemniza\w+|\bcobrar\w+\b.{0,10}\bduas vezes|\badvogad\w+|\bprocess(?:ar|o judicial)\b",
            r"\bверн\w+\b.{0,10}\bденьги\b|\bвозврат\w*|\bкомпенсац\w+|\bсписали\b.{0,15}\bдважды|\bв суд\b|\bадвокат\w*|\bюрист\w*",
            r"استرداد|استرجاع.{0,10}(?:مال|أموال|المبلغ)|تعويض|محام|دعوى|المحكمة",
        ),
    }
)
ASKS = _any(
    r"\b(?:cancellation|refund|compensation) (?:policy|terms|conditions|rules)\b",
    r"\b(?:is|are|was) (?:it|this|that|the \w+|my \w+)?.{0,15}\b(?:refundable|non-refundable)\b",
    r"\bwhen\b.{0,30}\brefund",
    r"\breembolsable|\bremboursable|\brimborsabil|\breembols[áa]vel|\berstattbar|\bвозвратн",
    r"\bpol[ií]tica de (?:reembolso|cancelaci[oó]n)|\bstornobedingungen|\bconditions d['’]annulation",
)
"""Asks for a rule of the house, and disputes nothing."""
CONTENT = re.compile(
    r"(?<!\w)(?:no|not a|zero|sin|ningun\w*|kein\w*|pas de|aucune?|nessun\w*|sem|nenhum\w*"
    r"|нет|без|никаких|geen|لا|بدون)\s(?:\w+\s)?(?:complain\w*|quej\w*|reclam\w*|beschwer\w*"
    r"|lament\w*|жалоб\w*|klacht\w*|شكوى|شكاوى)"
)
"""Says that there is nothing to complain of."""


OF_NEED: Mapping[Need, Cause] = MappingProxyType(
    {
        Need.PERSON: Cause.PERSON,
        Need.COMPLAINT: Cause.SENTIMENT,
        Need.DISPUTE: Cause.POLICY,
        Need.DANGER: Cause.URGENCY,
        Need.UNANSWERED: Cause.REPEATED_QUESTION,
    }
)
CALM = 0.75
"""From here on only words of danger call somebody."""


def called_in(text: str, reading: Reading) -> frozenset[Cause]:
    """By the message's words, where what was learnt does not say that all is well, and by that."""
    worded = called_by(text)
    if reading.calm > CALM:
        worded &= {Cause.URGENCY}
    return worded if reading.need is None else worded | {OF_NEED[reading.need]}


@lru_cache(maxsize=1)
def lists() -> Mapping[Cause, tuple[re.Pattern[str], ...]]:
    """By cause; of a folded text. A list may name another one: WHO_EN."""
    told = word_lists(LISTS)
    parts = {f"WHO_{k[4:].upper()}": said for k, said in told.items() if k.startswith("who ")}
    found: dict[Cause, list[re.Pattern[str]]] = {}
    for name, said in told.items():
        kind, _, which = name.partition(" ")
        if kind != "who":
            pattern = _pattern(said, parts, dense=which == DENSE)
            found.setdefault(Cause(kind), []).append(pattern)
    return {cause: tuple(patterns) for cause, patterns in found.items()}


def _pattern(said: str, parts: Mapping[str, str], *, dense: bool) -> re.Pattern[str]:
    for part, words in parts.items():
        said = said.replace(part, words)
    near = "~".join(fold(f"|{bit}|")[1:-1] for bit in re.split(r"\s*~\s*", said))
    near = near.replace("~", APART)
    return re.compile(near if dense else rf"(?<!\w)(?:{near})(?!\w)")


def called_by(text: str) -> frozenset[Cause]:
    said = " ".join(text[:2000].split())
    found = {cause for cause, words in WORDS.items() if words.search(said)}
    folded = HARMLESS.sub(" ", fold(said))
    found |= {c for c, patterns in lists().items() if any(p.search(folded) for p in patterns)}
    if ASKS.search(said):
        found.discard(Cause.POLICY)
    if CONTENT.search(folded):
        found.discard(Cause.SENTIMENT)
    return frozenset(found)
