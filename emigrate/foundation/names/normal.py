"""One normal form for the many spellings of an Indian name, in Latin or Devanagari script."""

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from emigrate.foundation.names.devanagari import to_latin

NOT_LETTERS = re.compile(r"[^a-z]+")
# Applied in this order. "C" stands for the sound of "ch" and "X" for "ksh": one letter each, so
# that one wrong letter as written stays one wrong letter in the normal form.
# fmt: off
SPELLINGS = [(re.compile(pattern), letters) for pattern, letters in (
    (r"t?c*ch+", "C"), (r"ck", "k"), (r"c(?=[eiy])", "s"), (r"c(?=[aoukt]|$)", "k"), (r"c", "C"),
    (r"ksh?|x", "X"), (r"qu?(?=[ei])|q", "k"), (r"ph", "f"), (r"ow(?=[^aeiouy]|$)", "au"),
    (r"w", "v"), (r"z", "j"), (r"([kgjtdbsrln])h", r"\1"), (r"^jny?|gny|gy", "gi"),
    (r"(.)\1+", r"\1"), (r"ey$", "e"), (r"e[iy]", "ai"), (r"ou", "au"), (r"[iy]+", "i"),
    (r"m(?=[pbf])", "n"), (r"(.)\1+", r"\1"),
)]
# fmt: on
LONG_VOWELS = [("ee", "i"), ("ii", "i"), ("oo", "u"), ("uu", "u"), ("aa", "a")]
VOWELS = re.compile(r"[aeiou]+")
ALIKE = str.maketrans({"b": "v", "m": "n", "f": "p"})
# The last unstressed "a" between two open syllables: Rachana is also written Rachna.
UNSTRESSED = re.compile(r"^(.*[aeiou][^aeiou])a([^aeiou][aeiou].*)$")
FINAL = re.compile(r"(?<=..)(?:ah?|e)$")
BREATH = re.compile(r"(?<=[^aeiou])h")


def name_words(name: str) -> list[str]:
    """Return the normal form of every word of a name, in order, in small Latin letters.

    Titles are left out unless nothing else remains, initials stay as one letter, hyphens and full
    stops separate words, and common short forms (Mohd, Kr) become the full name. Letters of a
    script that cannot be written in Latin here are dropped; a name wholly in such a script gives
    an empty list.
    """
    return [normal for _, normal in written_words(name)]


def written_words(name: str) -> list[tuple[str, str]]:
    """Return every word of a name in small Latin letters as written, and in its normal form."""
    latin = to_latin(name)
    if not latin.isascii():
        spread = unicodedata.normalize("NFKD", latin.replace("\u2019", ""))
        latin = "".join(letter for letter in spread if not unicodedata.combining(letter))
    words = [word for word in NOT_LETTERS.split(latin.casefold().replace("'", "")) if word]
    normal = [(word, normal_form(word)) for word in words]
    return [pair for pair in normal if pair[1]] or [(word, _spelt(word)) for word in words]


@lru_cache(maxsize=65_536)
def normal_form(word: str) -> str:
    """Return the normal form of one word of small Latin letters; empty for a title."""
    known = variants()
    if word in known:
        return known[word]
    spelt = _spelt(word)
    return known.get(spelt) or spelt


def without_pairs(written: str) -> set[str]:
    """Return the normal forms of a written word without each letter that is followed by an h.

    "sh" is one letter of the normal form; mistyped as "eh" it is two, so that not one but both
    must go for Eharma to meet Sharma.
    """
    ends = (at for at in range(2, len(written) + 1) if written[at - 1] == "h")
    rests = (written[: at - 2] + written[at:] for at in ends)
    return {_spelt(rest) for rest in rests if len(rest) > 1}


def sounds(normal: str) -> list[str]:
    """Return how a normal form sounds at its coarsest: its consonants, and a first vowel as `a`.

    A word with "ksh" has two: the cluster as one letter and as two, because either may be broken.
    """
    head = "a" if normal[0] in "aeiou" else normal[0]
    body = VOWELS.sub("", BREATH.sub("", normal)[1:])
    sound = (head + body).translate(ALIKE)
    return [sound, sound.replace("x", "ks")] if "x" in sound else [sound]


@lru_cache(maxsize=1)
def variants() -> dict[str, str]:
    """Return the table of common short forms and spellings, from `variants.csv`."""
    with (Path(__file__).parent / "variants.csv").open(encoding="utf-8", newline="") as file:
        return {row["written"]: row["normal"] for row in csv.DictReader(file)}


def _spelt(word: str) -> str:
    for long, short in LONG_VOWELS:
        word = word.replace(long, short)
    for pattern, letters in SPELLINGS:
        word = pattern.sub(letters, word)
    while match := UNSTRESSED.match(word):
        word = "".join(match.groups())
    return FINAL.sub("", word).lower()
