"""The page behind an alert's link: what it is about, and one button that takes it."""

from collections.abc import Mapping
from html import escape

from frontdesk.kit.languages import LANGUAGES, LEFTWARDS, column
from frontdesk.notifications.bodies import body_in
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.words import take_line

STYLE = (
    "body{font:1rem system-ui;max-width:28rem;margin:3rem auto;padding:0 1rem}"
    "button{font:inherit;padding:.6rem 1.2rem}p{white-space:pre-line}"
)
STATES: Mapping[str, tuple[str, ...]] = {
    "open": (
        "Nobody has taken it yet.",
        "Todavía no se encarga nadie.",
        "Noch hat es niemand übernommen.",
        "Personne ne s'en charge encore.",
        "Nessuno se ne occupa ancora.",
        "Ainda ninguém o assumiu.",
        "Пока никто не взял.",
        "لم يتولَّه أحد بعد.",
    ),
    "acknowledged": (
        "It is taken.",
        "Ya se encarga alguien.",
        "Es ist übernommen.",
        "Quelqu'un s'en charge.",
        "Qualcuno se ne occupa.",
        "Já foi assumido.",
        "Уже взято.",
        "تولاه أحدهم.",
    ),
    "closed": (
        "It is done.",
        "Está hecho.",
        "Es ist erledigt.",
        "C'est fait.",
        "È fatto.",
        "Está feito.",
        "Сделано.",
        "تم.",
    ),
    "over": (
        "This link is over: it lasts a day.",
        "Este enlace ha caducado: vale un día.",
        "Dieser Link ist abgelaufen: Er gilt einen Tag.",
        "Ce lien a expiré : il est valable un jour.",
        "Questo link è scaduto: vale un giorno.",
        "Este link expirou: vale um dia.",
        "Срок ссылки истёк: она действует один день.",
        "انتهت صلاحية هذا الرابط: مدته يوم واحد.",
    ),
}
TITLE = ("Alert", "Aviso", "Hinweis", "Alerte", "Avviso", "Aviso", "Оповещение", "تنبيه")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def page(told: StaffNotification, language: str) -> str:
    """In one of the languages that staff are told in."""
    _, take = take_line(language)
    button = f'<form method="post"><button>{take}</button></form>'
    return _framed(
        language,
        f"<h1>{escape(title_in(told, language))}</h1><p>{escape(body_in(told, language))}</p>"
        f"<p><b>{STATES[told.status][column(language)]}</b></p>"
        f"{button if told.status == 'open' else ''}",
    )


def page_of_old_link(language: str) -> str:
    return _framed(language, f"<p>{STATES['over'][column(language)]}</p>")


def _framed(language: str, inside: str) -> str:
    at = column(language)
    way = ' dir="rtl"' if LANGUAGES[at] in LEFTWARDS else ""
    return (
        f'<!doctype html><html lang="{LANGUAGES[at]}"{way}><head><meta charset="utf-8">'
        f'<title>{TITLE[at]}</title><meta name="viewport" content="width=device-width">'
        f'<meta name="robots" content="noindex"><style>{STYLE}</style></head>'
        f"<body>{inside}</body></html>"
    )
