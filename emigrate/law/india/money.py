"""Amounts in words of a reason: rupees grouped as in India, wages with their currency."""

from emigrate.law.engine.codes import currencies

PAISE = 100
THOUSAND = 3
PAIR = 2


def rupees(paise: int) -> str:
    """Rupees with Indian grouping; paise only when there are any: 3000000 is "30,000"."""
    whole, part = divmod(paise, PAISE)
    digits = str(whole)
    head, tail = digits[:-THOUSAND], digits[-THOUSAND:]
    pairs: list[str] = []
    while head:
        head, pair = head[:-PAIR], head[-PAIR:]
        pairs.insert(0, pair)
    return ",".join([*pairs, tail]) + (f".{part:02}" if part else "")


def money(minor: int, currency: str) -> str:
    """An amount in minor units, as "735.00 AED"."""
    digits = currencies()[currency]
    whole, part = divmod(minor, 10**digits)
    return f"{whole}.{part:0{digits}} {currency}" if digits else f"{whole} {currency}"
