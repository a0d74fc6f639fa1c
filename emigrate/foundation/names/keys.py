"""Blinded search keys of names: what an index may hold without holding a name.

Every word gives the keyed 64-bit hash of its normal form, of each form with one letter left out
(so that one wrong, missing or extra letter still meets), and the same of its consonant skeleton;
two words beside each other give the hash of both written as one. Each key of a word is kept twice:
as it is, and turned by the birth year (exclusive or with the year's own keyed hash), so that a
search with the year asks a list a fortieth as long.

The frequencies of keys stay visible to whoever holds the table. The turned keys tell nobody more
who holds the register too, where the birth year stands in the clear; to a reader of this table
alone they show who was born in the same year.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from emigrate.foundation.names.normal import sounds, without_pairs, written_words

KEY_BYTES = 8
SOUND, BEGINS, INITIAL, JOINED = "~", "^", ".", "+"
SHORTEST_CUT_SOUND = 4
"""Of three consonants two would be left, and Sumaya meets every Singh: of 1,000,000 persons one
search in twenty met more than 616 of its birth year, instead of 108."""

SHORTEST_CUT_SYLLABLE = 4


def name_keys(words: Sequence[str], key: bytes, *, year: int) -> list[int]:
    """Return the signed 64-bit keys to store for a person born in `year`, sorted, each once.

    `words` come from `name_words`; give the words of the Latin and of the local-script name
    together. `key` (at most 64 bytes) is `blind.derive(vault.blind_root, "blind/names")`.
    """
    forms = {each for word in words for each in _stored(word, key)}
    turn = _turn(year, key)
    joined = (JOINED + first + second for first, second in pairwise(words))
    return sorted({*forms, *(each ^ turn for each in forms), *_hashes(joined, key)})


@dataclass(frozen=True, slots=True)
class AskedWord:
    """What one typed word asks: a person matches who meets any of `keys`.

    `whole` (the word as typed) and `spelt` (with one letter off in writing) are parts of `keys`; a
    person who meets them as well is nearer than one who only sounds alike.
    """

    keys: list[int]
    spelt: list[int]
    whole: list[int]


def query_keys(name: str, key: bytes, *, year: int | None = None) -> list[AskedWord]:
    """Return what each word typed asks: a person matches who meets every word.

    A word also meets an initial (Suresh finds S.), and an initial every word that begins with it.
    With `year` only persons born in that year match, save by two words written as one: those are
    so rare that they are kept without the year, and the caller looks at the year itself.
    """
    turn = 0 if year is None else _turn(year, key)
    return [_asked(written, word, key, turn) for written, word in written_words(name)]


@lru_cache(maxsize=65_536)
def _stored(word: str, key: bytes) -> tuple[int, ...]:
    if len(word) == 1:
        return _hashes((INITIAL + word,), key)
    return _hashes((BEGINS + word[0], *_forms(word)), key)


def _asked(written: str, word: str, key: bytes, turn: int) -> AskedWord:
    whole, spelt = {word}, {word, *_cut(word), *without_pairs(written)}
    if len(word) == 1:
        whole = spelt = {INITIAL + word}
        forms = {INITIAL + word, BEGINS + word}
    else:
        forms = {INITIAL + word[0], *_forms(word), *spelt}
    keys, near, nearest = (
        [each ^ turn for each in _hashes(some, key)] for some in (forms, spelt, whole)
    )
    return AskedWord([*keys, *_hashes((JOINED + word,), key)], near, nearest)


def _forms(word: str) -> set[str]:
    forms = {word, *_cut(word)}
    for sound in sounds(word):
        forms.add(SOUND + sound)
        if len(sound) >= SHORTEST_CUT_SOUND:
            forms.update(SOUND + cut for cut in _cut(sound))
        elif len(word) >= SHORTEST_CUT_SYLLABLE:
            # A letter of an Indic script is a syllable here; long words lose one by their sound.
            forms.update(word[:at] + word[at + 2 :] for at in range(len(word) - 1))
    return forms


def _cut(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(len(word)))


def _hashes(forms: Iterable[str], key: bytes) -> tuple[int, ...]:
    keyed = _keyed(key)
    numbers = []
    for form in forms:
        state = keyed.copy()
        state.update(form.encode())
        numbers.append(int.from_bytes(state.digest(), "big", signed=True))
    return tuple(numbers)


@lru_cache(maxsize=256)
def _turn(year: int, key: bytes) -> int:
    return _hashes((str(year),), key)[0]


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> blake2b:
    return blake2b(digest_size=KEY_BYTES, key=key)
