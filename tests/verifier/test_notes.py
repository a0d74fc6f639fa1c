"""The verifier's own reading of checkpoints and keys."""

import base64

import pytest

from tests.verifier.published import LOG_KEY, WITNESS, WITNESS_KEY, note_of
from verifier.notes import Key, NoteError, check_signature, read_note

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = note_of([]).encode()


def holds(data):
    """Whether the note is well formed and signed by log and witness."""
    try:
        head = read_note(data)
        check_signature(head, LOG_KEY)
        check_signature(head, WITNESS_KEY)
    except ValueError:
        return False
    return True


def test_a_key_of_another_implementation_is_read():
    key = Key.read(GO_KEY)

    assert (key.name, key.identity.hex(), key.kind) == ("PeterNeumann", "c74f20a3", 1)


def test_a_note_of_the_platform_is_read():
    head = read_note(NOTE)

    assert (head.origin, head.size, [name for name, _ in head.signatures]) == (
        LOG_KEY.name,
        0,
        [LOG_KEY.name, WITNESS_KEY.name],
    )
    assert holds(NOTE)


def test_every_single_bit_of_a_checkpoint_counts():
    flips = [(place, 1 << bit) for place in range(len(NOTE)) for bit in range(8)]

    unseen = [
        (place, flip)
        for place, flip in flips
        if holds(NOTE[:place] + bytes([NOTE[place] ^ flip]) + NOTE[place + 1 :])
    ]

    assert unseen == []


def test_unused_bits_of_base64_cannot_be_played_with():
    at = NOTE.index(b"=\n\n") - 1
    twin = NOTE[:at] + bytes([NOTE[at] + 1]) + NOTE[at + 1 :]

    with pytest.raises(NoteError, match="unused bits"):
        read_note(twin)


def test_an_earlier_time_on_a_cosignature_is_false():
    line = NOTE.decode().splitlines()[-1].split(" ")
    raw = bytearray(base64.b64decode(line[2]))
    raw[11] -= 1
    head = read_note(NOTE.replace(line[2].encode(), base64.b64encode(raw)))

    with pytest.raises(NoteError, match="false"):
        check_signature(head, WITNESS_KEY)


@pytest.mark.parametrize("text", ["", "a+b", GO_KEY[1:], GO_KEY + "AAAA", "a+00000000+AQ=="])
def test_malformed_keys_are_refused(text):
    with pytest.raises(NoteError):
        Key.read(text)


def test_keys_of_other_kinds_are_refused():
    material = base64.b64encode(b"\x02" + WITNESS_KEY.public).decode()

    with pytest.raises(NoteError):
        Key.read(f"{WITNESS.name}+{WITNESS_KEY.identity.hex()}+{material}")
