"""Blinded search keys of names: what an index may hold without holding a name.

Every word gives the keyed 64-bit hash of its normal form, of each form with one letter left out
(so that one wrong, missing or extra letter still meets), and the same of its consonant skeleton.
The frequencies of keys stay visible to whoever holds the table.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from emigrate.foundation.names.normal import name_words, sounds

KEY_BYTES = 8
SOUND, BEGINS, INITIAL = "~", "^", "."
SHORTEST_CUT_SOUND = 3
SHORTEST_CUT_SYLLABLE = 4


def name_keys(words: Sequence[str], key: bytes) -> list[int]:
    """Return the signed 64-bit keys to store for a person, sorted, each once.

    `words` come from `name_words`; give the words of the Latin and of the local-script name
    together. `key` (at most 64 bytes) is `blind.derive(vault.blind_root, "blind/names")`.
    """
    keys: set[int] = set()
    for word in words:
        keys.update(_stored(word, key))
    for first, second in pairwise(words):
        joined = first + second
        keys.update(_hashes((joined, SOUND + sounds(joined)[0]), key))
    return sorted(keys)


def query_keys(name: str, key: bytes) -> list[list[int]]:
    """Return one list of keys for each word typed: a person matches who meets every list.

    A word also meets an initial (Suresh finds S.), and an initial every word that begins with it.
    """
    return [_asked(word, key) for word in name_words(name)]


@lru_cache(maxsize=65_536)
def _stored(word: str, key: bytes) -> tuple[int, ...]:
    if len(word) == 1:
        return _hashes((INITIAL + word,), key)
    return _hashes((BEGINS + word[0], *_forms(word)), key)


def _asked(word: str, key: bytes) -> list[int]:
    if len(word) == 1:
        return sorted(_hashes((INITIAL + word, BEGINS + word), key))
    return sorted(_hashes((INITIAL + word[0], *_forms(word)), key))


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


def _hashes(forms: Sequence[str], key: bytes) -> tuple[int, ...]:
    keyed = _keyed(key)
    numbers = []
    for form in forms:
        state = keyed.copy()
        state.update(form.encode())
        numbers.append(int.from_bytes(state.digest(), "big", signed=True))
    return tuple(numbers)


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> blake2b:
    return blake2b(digest_size=KEY_BYTES, key=key)
