"""Make the reference tables that come whole from published lists.

Usage: EMIGRATE_SHARED=<folder of shared data> python -m tools.reference_data
Writes districts.csv, occupations.csv and replay/given_names.csv beside the hand-written tables.
"""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from unicodedata import normalize

DATA = Path(__file__).parent.parent / "emigrate/domains/reference/data"
SHARED = Path(os.environ.get("EMIGRATE_SHARED", "../shared")) / "data"
RETRIEVED = "2022-03-11"
SMALL_WORDS = {"And", "Of", "The"}
NAME_SHAPE = re.compile(r"[A-Z][a-z]{2,8}")
HINDI_SHAPE = re.compile(r"[\u0900-\u097f]{2,}")
FEMININE = ("ा", "ी")
EVERY = 4
# fmt: off
UNIT_GROUPS = (
    "2221", "3221", "3258", "5120", "5131", "5141", "5152", "5162", "5223", "5311", "5322",
    "5414", "6113", "6121", "7111", "7112", "7113", "7114", "7115", "7119", "7121", "7122",
    "7123", "7124", "7126", "7127", "7131", "7212", "7213", "7214", "7215", "7231", "7233",
    "7411", "7412", "7511", "7512", "7531", "8322", "8331", "8332", "8341", "8342", "8343",
    "8344", "9111", "9112", "9121", "9211", "9212", "9312", "9313", "9329", "9333", "9412",
    "9613",
)
# fmt: on
SKILL_OF_MAJOR_GROUP = {"2": 4, "3": 3, "9": 1}
SKILL_OF_OTHERS = 2


def write(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table with Unix line ends."""
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def districts() -> Iterator[Sequence[object]]:
    """Every district of the Local Government Directory, by State and code."""
    with (SHARED / "lgd_india/2-district.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["District Code"]))
    for row in sorted(rows, key=lambda row: int(row["State Code"])):
        census = row["Census 2011 Code"].strip()
        known = census if census.strip("0") else ""
        yield (
            row["District Code"],
            row["State Code"],
            titled(row["District Name"]),
            known,
            "",
            RETRIEVED,
        )


def titled(name: str) -> str:
    """Write a name in capitals as people write it."""
    words = re.sub(r"[A-Z]+", lambda match: match[0].capitalize(), " ".join(name.upper().split()))
    return " ".join(word.lower() if word in SMALL_WORDS else word for word in words.split(" "))


def occupations() -> Iterator[Sequence[object]]:
    """The unit groups of ISCO-08 that clearances name, with English title and skill level."""
    path = SHARED / "esco_isco_multilingual/isco_groups_labels_by_language.csv"
    with path.open(encoding="utf-8", newline="") as file:
        titles = {row["code"]: row["en"] for row in csv.DictReader(file)}
    for code in UNIT_GROUPS:
        yield code, titles[code], SKILL_OF_MAJOR_GROUP.get(code[0], SKILL_OF_OTHERS)


def given_names() -> Iterator[Sequence[object]]:
    """Every fourth short name of the corpus; the ending decides the assumed sex."""
    corpus = (SHARED / "indian_names_parallel/names.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in normalize("NFC", corpus).splitlines()[1:])
    fit = dict.fromkeys((pair[0], pair[1]) for pair in pairs if _fits(*pair))
    for latin, hindi in list(fit)[::EVERY]:
        yield latin, hindi, "F" if hindi.endswith(FEMININE) else "M"


def _fits(latin: str, hindi: str = "") -> bool:
    return bool(NAME_SHAPE.fullmatch(latin) and HINDI_SHAPE.fullmatch(hindi))


if __name__ == "__main__":
    district = ("lgd_code", "state_code", "name", "census_2011", "valid_from", "as_of")
    write("districts.csv", district, districts())
    write("occupations.csv", ("isco08", "title", "skill_level"), occupations())
    write("replay/given_names.csv", ("latin", "devanagari", "assumed_sex"), given_names())
