"""Money in minor units, and how each language writes it."""

from datetime import date

DAYS = {"zh": "y年M月d日EEE", "ja": "y年M月d日(EEE)", "ko": "y년 M월 d일 (EEE)"}
"""Where the year comes first; every other language says the day before the month."""


def minor_digits(currency: str) -> int:
    """Decimal places of an ISO 4217 currency: 2 for EUR, 0 for JPY."""
    from babel.numbers import (  # noqa: PLC0415 - with its dates 2 MiB, for words only
        get_currency_precision,
    )

    return get_currency_precision(currency)


def format_money(minor: int, currency: str, language: str) -> str:
    """E.g. 12345 EUR in German: `123,45 €`; exact, also for large sums."""
    from babel.numbers import format_currency  # noqa: PLC0415 - see minor_digits

    digits = minor_digits(currency)
    sign, whole = ("-" if minor < 0 else ""), abs(minor)
    units, rest = divmod(whole, 10**digits)
    exact = f"{sign}{units}.{rest:0{digits}d}" if digits else f"{sign}{units}"
    return format_currency(exact, currency, locale=language)


def format_day(day: date, language: str) -> str:
    """With the weekday, so that a misread date is seen: `Fri, 7 Aug 2026`."""
    from babel.dates import format_date  # noqa: PLC0415 - see minor_digits

    return format_date(day, DAYS.get(language, "EEE d MMM y"), locale=language)
