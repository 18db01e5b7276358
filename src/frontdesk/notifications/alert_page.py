"""The page behind an alert's link: what it is about, and one button that takes it."""

from html import escape

from frontdesk.notifications.models import StaffNotification

STYLE = (
    "body{font:1rem system-ui;max-width:28rem;margin:3rem auto;padding:0 1rem}"
    "button{font:inherit;padding:.6rem 1.2rem}"
)
STATES = {
    "open": "Nobody has taken it yet.",
    "acknowledged": "It is taken.",
    "closed": "It is done.",
}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


def page(told: StaffNotification) -> str:
    button = '<form method="post"><button>I take it</button></form>'
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Alert</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<style>{STYLE}</style></head><body><h1>{escape(told.title)}</h1>"
        f"<p>{escape(told.body)}</p><p><b>{STATES[told.status]}</b></p>"
        f"{button if told.status == 'open' else ''}</body></html>"
    )
