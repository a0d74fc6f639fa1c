"""Measure the search over blinded name keys: recall at 20, candidates per query, keys per second.

Usage: python -m tools.name_recall [persons] [queries], with the folder of shared data in
EMIGRATE_SHARED. Persons have two Latin names drawn at random and one of fifty birth years; each
query is the same name, in Latin or Devanagari, with one letter changed, left out or put in.
"""

import json
import os
import re
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from emigrate.foundation.names import name_keys, name_words, query_keys, rank

Pair = tuple[str, str]
Index = dict[int, set[int]]
KEY = b"measurement only"
YEARS = 50
LATIN = "abcdefghijklmnopqrstuvwxyz"
DEVANAGARI = "अआइईउएकखगचजटडतदनपबमयरलवशसहािीुूेो"
# A vowel sign without a consonant before it shows as a dotted circle: nobody leaves it there.
ILL_FORMED = re.compile(
    r"(?:^|[ \u0900-\u0914\u093e-\u094d])[\u093e-\u094d]|(?:^| )[\u0900-\u0903]"
)


def pairs() -> list[Pair]:
    """Return every name of one word, as (Latin, Devanagari)."""
    shared = Path(os.environ.get("EMIGRATE_SHARED", "../shared"))
    lines = (shared / "data/indian_names_parallel/names.tsv").read_text("utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    full = ((row[0], row[1]) for row in rows if row[1:])
    return [pair for pair in full if pair[0].isalpha() and " " not in pair[1]]


def one_wrong_letter(text: str, letters: str, random: Random) -> str:
    """Return the text with one letter of it changed, left out or put in, still well formed."""
    at = random.choice([place for place, letter in enumerate(text) if letter != " "])
    letter = random.choice(letters)
    changed, left_out, put_in = letter + text[at + 1 :], text[at + 1 :], letter + text[at:]
    wrong = text[:at] + random.choice((changed, left_out, put_in))
    malformed = ILL_FORMED.search(wrong.replace("\u093c", ""))
    return one_wrong_letter(text, letters, random) if malformed or wrong == text else wrong


def found(index: Index, query: str, year: int) -> set[int]:
    """Return the persons of the year who meet every word of the query."""
    asked = query_keys(query, KEY, year=year)
    meeting = [set().union(*(index.get(key, set()) for key in word.keys)) for word in asked]
    return set.intersection(*meeting) if meeting else set()


def measure(persons: int, queries: int, random: Random) -> dict[str, object]:
    """Return the figures of one run."""
    names = pairs()
    people = [(random.choice(names), random.choice(names)) for _ in range(persons)]
    latin = [f"{first[0]} {last[0]}" for first, last in people]
    hindi = [f"{first[1]} {last[1]}" for first, last in people]
    started = time.perf_counter()
    keys = [
        name_keys(name_words(name), KEY, year=person % YEARS) for person, name in enumerate(latin)
    ]
    rate = persons / (time.perf_counter() - started)
    index: Index = defaultdict(set)
    for person, own in enumerate(keys):
        for key in own:
            index[key].add(person)
    figures: dict[str, object] = {
        "persons": persons,
        "keys_per_person": round(sum(map(len, keys)) / persons, 1),
        "rows_per_second": round(rate),
    }
    for script, written, letters in (("latin", latin, LATIN), ("devanagari", hindi, DEVANAGARI)):
        hits, met, sizes = 0, 0, []
        for person in random.sample(range(persons), queries):
            query = one_wrong_letter(written[person].lower(), letters, random)
            candidates = sorted(found(index, query, person % YEARS))
            met += person in candidates
            sizes.append(len(candidates))
            hits += person in rank(query, [(other, latin[other]) for other in candidates])
        figures[script] = {
            "recall_at_20": round(hits / queries, 4),
            "met": round(met / queries, 4),
            "candidates_median": sorted(sizes)[queries // 2],
            "candidates_p95": sorted(sizes)[queries * 95 // 100],
        }
    return figures


if __name__ == "__main__":
    sizes = [int(text) for text in sys.argv[1:]]
    persons, queries = (*sizes, *(100_000, 2_000)[len(sizes) :])
    print(json.dumps(measure(persons, queries, Random(2026)), indent=1))  # noqa: S311 - a measurement
