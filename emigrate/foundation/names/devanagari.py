"""Devanagari to Latin, the way Indians write their names (Ramesh, not Ramesa)."""

import unicodedata

# Written clusters that are spoken, and so spelt in Latin, as others.
SPOKEN = (("ज्ञ", "ग्य"), ("ंह", "ंघ"))
VIRAMA, NUKTA = "\u094d", "\u093c"
# fmt: off
CONSONANTS = {
    "क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh", "ज": "j", "झ": "jh",
    "ञ": "n", "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t", "थ": "th", "द": "d",
    "ध": "dh", "न": "n", "प": "p", "फ": "ph", "ब": "b", "भ": "bh", "म": "m", "य": "y", "र": "r",
    "ल": "l", "ळ": "l", "व": "v", "श": "sh", "ष": "sh", "स": "s", "ह": "h",
}
WITH_NUKTA = {"क": "q", "ख": "kh", "ग": "gh", "ज": "z", "ड": "r", "ढ": "rh", "फ": "f", "न": "n",
              "र": "r", "ळ": "l", "य": "y"}
VOWELS = {"अ": "a", "आ": "aa", "इ": "i", "ई": "ee", "उ": "u", "ऊ": "oo", "ऋ": "ri", "ए": "e",
          "ऐ": "ai", "ओ": "o", "औ": "au", "ऑ": "o", "ऍ": "e"}
SIGNS = {"ा": "aa", "ि": "i", "ी": "ee", "ु": "u", "ू": "oo", "ृ": "ri", "े": "e", "ै": "ai",
         "ो": "o", "ौ": "au", "ॉ": "o", "ॅ": "e"}
TAILS = {"ं": "n", "ँ": "n", "ः": "h"}
# fmt: on
SIGNED = {**SIGNS, VIRAMA: ""}
# A sign without its consonant is a slip of the keyboard: it is read as the vowel it shows.
ALONE = {**VOWELS, **SIGNS}


def to_latin(text: str) -> str:
    """Return the text with every Devanagari word written in Latin letters, others unchanged.

    The inherent vowel is left out at the end of a word and between a vowel and a consonant with
    a vowel of its own, as it is in speech. Works on any Unicode form of the text.
    """
    if text.isascii():
        return text
    return " ".join(_word(word) if _has_devanagari(word) else word for word in text.split(" "))


def _has_devanagari(word: str) -> bool:
    return any("\u0900" <= character <= "\u097f" for character in word)


def _word(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    for written, spoken in SPOKEN:
        letters = letters.replace(written, spoken)
    units = _units(letters)
    for at in range(len(units) - 1, 0, -1):
        consonant, vowel, tail = units[at]
        if vowel == "-" and consonant and not tail and _silent(units, at):
            units[at] = (consonant, "", "")
    return "".join(
        consonant + ("a" if vowel == "-" else vowel) + tail for consonant, vowel, tail in units
    )


def _units(word: str) -> list[tuple[str, str, str]]:
    """Cut into (consonant, vowel, nasal or h); a vowel of "-" is the inherent one."""
    units: list[tuple[str, str, str]] = []
    for at, character in enumerate(word):
        if character in CONSONANTS:
            nukta = word[at + 1 : at + 2] == NUKTA
            table = WITH_NUKTA if nukta and character in WITH_NUKTA else CONSONANTS
            units.append((table[character], "-", ""))
        elif character in SIGNED and units and units[-1][1:] == ("-", ""):
            units[-1] = (units[-1][0], SIGNED[character], "")
        elif character in TAILS and units:
            units[-1] = (units[-1][0], units[-1][1], TAILS[character])
        elif character not in (VIRAMA, NUKTA, "\u200c", "\u200d"):
            units.append(("", ALONE.get(character, character), ""))
    return units


def _silent(units: list[tuple[str, str, str]], at: int) -> bool:
    before = units[at - 1]
    if at == len(units) - 1:
        return True
    after = units[at + 1]
    return bool(before[1]) and not before[2] and bool(after[0]) and bool(after[1])
