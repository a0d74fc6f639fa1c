"""Machine-readable zone of passports: ICAO Doc 9303 part 4 (TD3, two lines of 44 characters)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

LINES, LINE = 2, 44
NAME = 39
LONGEST_SURNAME = 36
FILLER = "<"
WEIGHTS = (7, 3, 1)
LEGAL = re.compile(r"[A-Z0-9<]")
SEXES = {"M": "M", "F": "F", FILLER: "X"}
HALF_CENTURY = 50
# Doc 9303 part 3, section 6: letters whose national spelling has two letters, or that do not
# fall apart into a letter and a mark.
# fmt: off
NATIONAL = str.maketrans({
    "Ä": "AE", "Ö": "OE", "Ü": "UE", "ẞ": "SS", "Å": "AA", "Æ": "AE", "Ø": "OE", "Œ": "OE",
    "Ð": "D", "Þ": "TH", "Ł": "L", "Đ": "D", "Ħ": "H", "'": "", "\u2019": "", ".": "",
    "-": FILLER, ",": FILLER, " ": FILLER,
})
# Checked fields of the second line: code, first character, length, place of the check digit.
CHECKED = (
    ("number", 0, 9, 9), ("birth", 13, 6, 19), ("expiry", 21, 6, 27), ("optional", 28, 14, 42),
)
# fmt: on
COMPOSITE = (slice(0, 10), slice(13, 20), slice(21, 43))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: stable code, line 1 or 2, and the position in it, counted from 1.

    Codes: `mrz_length`, `mrz_character`, `mrz_document`, `mrz_birth`, `mrz_expiry`, `mrz_sex`,
    `mrz_name`, and `mrz_check_` with number, birth, expiry, optional or composite.
    """

    code: str
    line: int
    position: int


class InvalidMrz(ValueError):
    """The two lines do not hold together; `faults` says where, in order."""

    def __init__(self, *faults: Fault) -> None:
        """Keep the faults; the lines are not kept, because they hold personal data."""
        super().__init__(", ".join(fault.code for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """What the two lines say. `number` is without fillers, so an Indian one has 8 characters.

    `birth` is None when a part of it is unknown; `birth_written` then keeps its six characters.
    `sex` is M, F or X. `optional` is the holder's number or other content, at most 14 characters.
    """

    number: str
    issuer: str
    nationality: str
    surname: str
    given_names: str
    birth: date | None
    sex: str
    expiry: date
    optional: str = ""
    birth_written: str = ""
    document: str = "P"


def check_digit(text: str) -> str:
    """Return the check digit of a field: weights 7, 3, 1; A is 10, Z is 35, filler is 0."""
    return str(sum(_value(letter) * WEIGHTS[at % 3] for at, letter in enumerate(text)) % 10)


def parse_td3(text: str, *, today: date) -> Passport:
    """Read two lines of 44 characters (or 88 without a break), as scanned or typed.

    Spaces and lower case are tolerated. A birth date lies in the century that does not put it
    after `today`; an expiry date lies within fifty years of `today`. Raises `InvalidMrz` with
    every fault found.
    """
    first, second = _lines(text)
    faults = [*_letter_faults(first, 1), *_letter_faults(second, 2)]
    if faults:
        raise InvalidMrz(*faults)
    faults = [*_document_faults(first, second), *_check_faults(second)]
    birth, expiry = _birth(second[13:19], today), _expiry(second[21:27], today)
    if birth is None and FILLER not in second[13:19]:
        faults.append(Fault("mrz_birth", 2, 14))
    if faults or expiry is None:
        raise InvalidMrz(*faults, *([] if expiry else [Fault("mrz_expiry", 2, 22)]))
    surname, _, given = first[5:].strip(FILLER).partition(FILLER * 2)
    if first[5] == FILLER:
        surname, given = "", surname
    return Passport(
        number=second[:9].rstrip(FILLER),
        issuer=first[2:5].rstrip(FILLER),
        nationality=second[10:13].rstrip(FILLER),
        surname=_spaced(surname),
        given_names=_spaced(given),
        birth=birth,
        sex=SEXES[second[20]],
        expiry=expiry,
        optional=second[28:42].rstrip(FILLER),
        birth_written="" if birth else second[13:19],
        document=first[:2].rstrip(FILLER),
    )


def write_td3(passport: Passport) -> str:
    """Return the two lines, with a line break between; names are transliterated and cut to fit.

    A person with one name only has it as the primary identifier (Doc 9303 part 3, section 4.6).
    Raises `InvalidMrz` for letters that Doc 9303 gives no Latin spelling, or fields too long.
    """
    names = _padded(_names(passport), NAME)
    first = _padded(passport.document, 2) + _padded(passport.issuer, 3) + names
    birth = passport.birth_written or (_six(passport.birth) if passport.birth else FILLER * 6)
    fields = (_padded(passport.number, 9), birth, _six(passport.expiry))
    number, birth, expiry = (field + check_digit(field) for field in fields)
    sex = FILLER if passport.sex == "X" else passport.sex
    optional = _padded(passport.optional, 14)
    # Doc 9303 part 4: an empty optional field may carry a filler for its check digit.
    optional += check_digit(optional) if passport.optional else FILLER
    second = number + _padded(passport.nationality, 3) + birth + sex + expiry + optional
    return f"{first}\n{second}{check_digit(_composite(second))}"


def _value(letter: str) -> int:
    return 0 if letter == FILLER else int(letter, 36)


def _lines(text: str) -> tuple[str, str]:
    lines = ["".join(line.upper().split()) for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and len(lines[0]) == LINES * LINE:
        lines = [lines[0][:LINE], lines[0][LINE:]]
    for number, line in enumerate([*lines, "", ""][:LINES], 1):
        if len(line) != LINE or len(lines) > LINES:
            raise InvalidMrz(Fault("mrz_length", number, min(len(line), LINE) + 1))
    return lines[0], lines[1]


def _letter_faults(line: str, number: int) -> list[Fault]:
    wrong = (at for at, letter in enumerate(line, 1) if not LEGAL.fullmatch(letter))
    return [Fault("mrz_character", number, at) for at in wrong]


def _document_faults(first: str, second: str) -> list[Fault]:
    faults = []
    if first[0] != "P":
        faults.append(Fault("mrz_document", 1, 1))
    if any(letter.isdigit() for letter in first[5:]) or not first[5:].strip(FILLER):
        faults.append(Fault("mrz_name", 1, 6))
    if second[20] not in SEXES:
        faults.append(Fault("mrz_sex", 2, 21))
    return faults


def _check_faults(second: str) -> list[Fault]:
    faults = []
    for code, start, length, place in CHECKED:
        field = second[start : start + length]
        empty = code == "optional" and not field.strip(FILLER) and second[place] == FILLER
        if second[place] != check_digit(field) and not empty:
            faults.append(Fault(f"mrz_check_{code}", 2, place + 1))
    if second[43] != check_digit(_composite(second)):
        faults.append(Fault("mrz_check_composite", 2, 44))
    return faults


def _composite(second: str) -> str:
    return "".join(second[part] for part in COMPOSITE)


def _birth(written: str, today: date) -> date | None:
    century = today.year // 100 * 100
    day = _day(written, century)
    return _day(written, century - 100) if day is None or day > today else day


def _expiry(written: str, today: date) -> date | None:
    near = today.year // 100 * 100
    days = (_day(written, century) for century in (near, near + 100, near - 100))
    near_today = (day for day in days if day and abs(day.year - today.year) <= HALF_CENTURY)
    return next(near_today, None)


def _day(written: str, century: int) -> date | None:
    if not written.isdecimal():
        return None
    try:
        return date(century + int(written[:2]), int(written[2:4]), int(written[4:]))
    except ValueError:
        return None


def _six(day: date) -> str:
    return f"{day:%y%m%d}"


def _spaced(field: str) -> str:
    return " ".join(part for part in field.split(FILLER) if part)


def _names(passport: Passport) -> str:
    surname, given = _latin(passport.surname), _latin(passport.given_names)
    if not surname or not given:
        return (surname or given)[:NAME]
    if len(surname) + 2 + len(given) > NAME:
        surname = surname[:LONGEST_SURNAME].rstrip(FILLER)
    return f"{surname}{FILLER * 2}{given}"[:NAME]


def _latin(name: str) -> str:
    upper = unicodedata.normalize("NFC", name).upper().translate(NATIONAL)
    spread = unicodedata.normalize("NFKD", upper)
    plain = "".join(letter for letter in spread if not unicodedata.combining(letter))
    if not re.fullmatch(r"[A-Z<]*", plain):
        raise InvalidMrz(Fault("mrz_name", 1, 6))
    return re.sub("<+", FILLER, plain).strip(FILLER)


def _padded(field: str, length: int) -> str:
    if len(field) > length or not re.fullmatch(r"[A-Z0-9<]*", field):
        raise InvalidMrz(Fault("mrz_length", 1, 1))
    return field.ljust(length, FILLER)
