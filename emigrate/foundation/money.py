"""Money: integer minor units and an ISO 4217 code inside, decimal strings at every JSON edge."""

import re
from dataclasses import dataclass
from decimal import Decimal

from emigrate.foundation.errors import InvalidInput

THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
NONE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
        "VUV", "XAF", "XOF", "XPF")  # fmt: skip
DIGITS = dict.fromkeys(THREE, 3) | dict.fromkeys(NONE, 0)
"""Minor digits that are not two (ISO 4217)."""

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,3})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units of one currency (paise, fils)."""

    currency: str
    minor: int

    def __str__(self) -> str:
        return f"{self.currency} {decimal_text(self.minor, self.currency)}"


def decimal_text(minor: int, currency: str) -> str:
    """Write minor units as text: 1200.00 for 120000 AED, in as many digits as the currency has."""
    digits = DIGITS.get(currency, 2)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def minor_units(text: str, currency: str, pointer: str = "/amount") -> int:
    """Minor units of a decimal string; InvalidInput names the field for anything else."""
    digits = DIGITS.get(currency, 2)
    if not _CURRENCY.fullmatch(currency):
        raise InvalidInput.at(pointer, "currency_unknown", "Use an ISO 4217 code such as INR.")
    if not _AMOUNT.fullmatch(text) or len(text.partition(".")[2]) > digits:
        raise InvalidInput.at(
            pointer, "amount_malformed", f"Write the amount as digits with up to {digits} decimals."
        )
    return int(Decimal(text).scaleb(digits))
