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
    latin = to_latin(name)
    if not latin.isascii():
        spread = unicodedata.normalize("NFKD", latin.replace("\u2019", ""))
        latin = "".join(letter for letter in spread if not unicodedata.combining(letter))
    words = NOT_LETTERS.split(latin.casefold().replace("'", ""))
    normal = [normal_form(word) for word in words if word]
    return [each for each in normal if each] or [_spelt(word) for word in words if word]


@lru_cache(maxsize=65_536)
def normal_form(word: str) -> str:
    """Return the normal form of one word of small Latin letters; empty for a title."""
    known = variants()
    if word in known:
        return known[word]
    spelt = _spelt(word)
    return known.get(spelt) or spelt


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
