"""Order the persons found by blinded keys, after their names were decrypted."""

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from typing import TypeVar

from emigrate.foundation.names.normal import name_words

Found = TypeVar("Found")
MISSING = 3.0
SWAPPED_ORDER = 0.25
EXTRA_WORD = 0.3
WRITTEN_SHARE = 0.1


def rank(query: str, candidates: Iterable[tuple[Found, str]], *, most: int = 20) -> list[Found]:
    """Return at most `most` candidates, nearest name first; equal distances keep their order.

    `candidates` are pairs of anything and the decrypted name. Both scripts may be mixed.
    """
    words = name_words(query)
    scored = (
        (_distance(words, query, name), at, found) for at, (found, name) in enumerate(candidates)
    )
    return [found for _, _, found in nsmallest(most, scored, key=lambda entry: entry[:2])]


def edits(first: str, second: str) -> int:
    """Return how many letters must be put in, left out or changed to make one from the other."""
    if first == second:
        return 0
    row = list(range(len(second) + 1))
    for at, letter in enumerate(first, 1):
        left, corner = at, row[0]
        row[0] = at
        for to, other in enumerate(second, 1):
            left = min(left + 1, row[to] + 1, corner + (letter != other))
            corner, row[to] = row[to], left
    return row[-1]


def _distance(words: Sequence[str], query: str, name: str) -> float:
    other = name_words(name)
    apart = 0.0
    for at, word in enumerate(words):
        nearest = min(
            (_apart(word, there) + SWAPPED_ORDER * (to != at) for to, there in enumerate(other)),
            default=MISSING,
        )
        apart += min(nearest, MISSING)
    apart += EXTRA_WORD * max(0, len(other) - len(words))
    return apart + WRITTEN_SHARE * edits(query.casefold(), name.casefold()) / max(len(query), 1)


def _apart(word: str, other: str) -> float:
    if len(word) == 1 or len(other) == 1:
        return 0.5 if word[0] == other[0] else MISSING
    return float(edits(word, other))
