"""Names of organisations: one key for names that a reader would confuse.

"Al-Noor Travels Pvt. Ltd.", "AL NOOR TRAVELS" and "Al N00r Trave1s" have the same key. A swindler
chooses a name that looks like a registered one; the key is how such names are found.
"""

import re
import unicodedata

LEGAL_WORDS = frozenset({
    "and", "co", "company", "corp", "corporation", "est", "establishment", "inc", "limited", "llc",
    "llp", "ltd", "private", "pvt", "the", "wll",
})  # fmt: skip
"""Words that say what an organisation is in law, not who it is."""

# fmt: off
LOOK_ALIKES = str.maketrans({
    "0": "o", "1": "l", "|": "l", "3": "e", "5": "s", "8": "b", "$": "s", "@": "a", "&": " and ",
    # Cyrillic and Greek letters that are drawn like Latin ones
    "а": "a", "в": "b", "с": "c", "е": "e", "һ": "h", "і": "i", "ј": "j", "к": "k", "м": "m",
    "н": "h", "о": "o", "р": "p", "ѕ": "s", "т": "t", "у": "y", "х": "x",
    "α": "a", "β": "b", "ε": "e", "ι": "i", "κ": "k", "ν": "v", "ο": "o", "ρ": "p", "τ": "t",
    "υ": "u", "χ": "x",
})
# fmt: on
LOOK_ALIKE_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("i", "l"))
NOT_LETTERS = re.compile(r"[\W_]+")


def written_name(name: str) -> str:
    """The name in one way of writing: small letters, single spaces, no signs."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return NOT_LETTERS.sub(" ", folded.replace("'", "").replace("’", "")).strip()


def name_words(name: str) -> list[str]:
    """The words that tell who it is: written alike, without the words of law."""
    words = written_name(name.replace("&", " and ")).split()
    return [word for word in words if word not in LEGAL_WORDS] or words


def look_alike_key(name: str) -> str:
    """One text for all names that look alike; empty for a name without letters."""
    shown = unicodedata.normalize("NFKC", name).casefold().translate(LOOK_ALIKES)
    spread = unicodedata.normalize("NFKD", shown)
    plain = "".join(letter for letter in spread if not unicodedata.combining(letter))
    key = "".join(word.removesuffix("s") for word in name_words(plain))
    for pair, letter in LOOK_ALIKE_PAIRS:
        key = key.replace(pair, letter)
    return key
