"""Why a message did not reach a guest, in plain words, and what to do about it."""

CAUSES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("noaccount", "not on whatsapp", "no whatsapp"),
        "This number has no WhatsApp.",
        "Call the guest, or write a mail.",
    ),
    (
        ("yellowcard",),
        "WhatsApp has limited this number for writing to too many people.",
        "Wait, and let guests write first.",
    ),
    (
        ("noactivesession", "badinstance", "notauthorized"),
        "The hotel's number is not signed in to WhatsApp.",
        "Scan its QR code again; what waits goes out by itself.",
    ),
    (
        ("quotaspent", "quota"),
        "The number has used up what it may send.",
        "Raise its plan with the provider, or wait for the next period.",
    ),
    (
        ("refused", "bad request"),
        "WhatsApp did not take this message.",
        "Shorten it or send it without what is attached.",
    ),
)
UNKNOWN = ("WhatsApp does not say why.", "Send it again, or call the guest.")


def cause_of(error: str | None) -> dict[str, str]:
    """`error` is what the wire said."""
    said = (error or "").lower()
    for words, cause, fix in CAUSES:
        if any(word in said for word in words):
            return {"cause": cause, "fix": fix}
    return {"cause": UNKNOWN[0], "fix": UNKNOWN[1]}
