"""Seeded alterations of QR texts, in any number: `python -m tests.gate.forgery 1000000`."""

import json
import random
import sys
from collections.abc import Iterator

from base45 import b45decode, b45encode

from gate import Verdict, Verifier
from gate.base45 import ALPHABET
from tests.gate.specimen import NOW, issue, packed, unpacked, world

LETTERS = ALPHABET.decode()


def altered(text: str, chance: random.Random) -> str:
    """One alteration of characters, of bytes below base45, or of the message below zlib."""
    kinds = (_characters, _cut_or_grown, _swapped, _zlib_bytes, _message_bytes)
    while True:
        changed = chance.choice(kinds)(text, chance)
        if changed != text:
            return changed


def alterations(text: str, count: int, seed: int) -> Iterator[str]:
    """`count` altered texts, the same for the same seed and text."""
    chance = random.Random(seed)
    return (altered(text, chance) for _ in range(count))


def accepted(verifier: Verifier, texts: Iterator[str]) -> list[str]:
    """The altered texts that the gate did not call invalid: there must be none."""
    return [text for text in texts if verifier.check(text, NOW).verdict is not Verdict.INVALID]


def _characters(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        letters[chance.randrange(len(letters))] = chance.choice(LETTERS)
    return "".join(letters)


def _cut_or_grown(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    extra = "".join(chance.choices(LETTERS, k=chance.randint(1, 3)))
    return chance.choice((text[:at], text[at:], text[:at] + extra + text[at:], text + extra))


def _swapped(text: str, chance: random.Random) -> str:
    one, other = sorted(chance.sample(range(len(text)), 2))
    return text[:one] + text[other] + text[one + 1 : other] + text[one] + text[other + 1 :]


def _zlib_bytes(text: str, chance: random.Random) -> str:
    return b45encode(_flipped(_zlib_layer(text), chance)).decode()


def _message_bytes(text: str, chance: random.Random) -> str:
    return packed(_flipped(unpacked(text), chance))


def _zlib_layer(text: str) -> bytes:
    return bytes(b45decode(text))


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def main(count: int, seed: int = 7) -> int:
    """Print one JSON line; 1 when any alteration was accepted."""
    text, verifier = issue(), world().verifier()
    wrong = accepted(verifier, alterations(text, count, seed))
    honest = verifier.check(text, NOW).verdict
    ok = not wrong and honest is Verdict.VALID
    figure = {"figure": "gate_forgery", "altered": count, "accepted": len(wrong), "ok": ok}
    print(json.dumps({**figure, "seed": seed}))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
