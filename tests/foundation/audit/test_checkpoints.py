"""Signed notes, checkpoints and cosignatures against public vectors and forgeries."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.audit.checkpoints import (
    COSIGNATURE,
    Checkpoint,
    CheckpointError,
    Signer,
    VerifierKey,
    Witnessing,
    cosign,
    cosigned_at,
    open_checkpoint,
    parse_note,
    parse_text,
    sign_checkpoint,
)
from emigrate.foundation.audit.merkle import Tree, TreeHead, consistency_proof, root_of

# Key, text and signature from the tests of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_SIGNATURE = (
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
)
# Keys of other implementations: golang.org/x/mod, transparency-dev/formats (types 1 and 4).
FOREIGN_KEYS = [
    GO_KEY,
    "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
    "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
]

ORIGIN = "log.example/clearances"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"l" * 32))
WITNESS = Signer("state.example/w", Ed25519PrivateKey.from_private_bytes(b"w" * 32), COSIGNATURE)
NODES = [bytes([number]) * 32 for number in range(20)]


def head(size):
    return TreeHead(size, root_of(NODES[:size]))


def signed(size):
    return sign_checkpoint(ORIGIN, size, head(size).root, LOG)


@pytest.mark.parametrize("text", FOREIGN_KEYS)
def test_keys_of_other_implementations_are_read_and_written_back(text):
    key = VerifierKey.parse(text)

    assert str(key) == text


def test_a_signature_is_byte_for_byte_that_of_go():
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))

    line = signer.sign(GO_TEXT.encode()).line()

    assert (str(signer.verifier_key), line) == (GO_KEY, f"— PeterNeumann {GO_SIGNATURE}")


def test_a_note_of_go_is_read():
    note = parse_note(f"{GO_TEXT}\n— PeterNeumann {GO_SIGNATURE}\n")

    signature = note.signatures[0]
    key = VerifierKey.parse(GO_KEY)
    assert (note.text, signature.key_id) == (GO_TEXT, key.key_id)
    assert key.verifies(signature.value, GO_TEXT.encode())


# The example of c2sp.org/tlog-cosignature: both lines are read, neither key is ours.
def test_the_example_of_the_specification_is_read():
    text = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
        "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
        "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
    )

    note = parse_note(text)

    times = int.from_bytes(note.signatures[1].value[:8], "big")
    assert parse_text(note.text).size == 20852163
    assert (times, [s.name for s in note.signatures]) == (
        1679315147,
        ["example.com/behind-the-sofa", "witness.example.com/w1"],
    )


def test_a_checkpoint_is_opened_with_the_log_s_key():
    note = signed(9)

    checkpoint = open_checkpoint(note, LOG.verifier_key)

    assert checkpoint == Checkpoint(ORIGIN, 9, head(9).root)
    assert note.startswith(f"{ORIGIN}\n9\n{base64.b64encode(head(9).root).decode()}\n\n— {ORIGIN} ")


@pytest.mark.parametrize("password", [None, b"open sesame"])
def test_a_signer_comes_from_a_pem_file(password):
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    pem = LOG.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)

    signer = Signer.from_pem(ORIGIN, pem, password=password)

    assert signer.verifier_key == LOG.verifier_key


def test_other_kinds_of_key_are_refused():
    private = generate_private_key(SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    with pytest.raises(CheckpointError):
        Signer.from_pem(ORIGIN, pem)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "no\u00a0break"])
def test_names_that_a_note_cannot_carry_are_refused(name):
    with pytest.raises(CheckpointError):
        Signer(name, LOG.private)


@pytest.mark.parametrize("text", [
    "", "name", "name+00000000", GO_KEY.replace("c74f20a3", "c74f20a4"), GO_KEY[:-1], GO_KEY[1:],
    GO_KEY.replace("+AR", "+AQ"), GO_KEY.replace("PeterNeumann", "Peter Neumann"),
    "TEST+7997405c+" + base64.b64encode(b"\x02" + b"k" * 32).decode(),
])  # fmt: skip
def test_malformed_keys_are_refused(text):
    with pytest.raises(CheckpointError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(("origin", "size", "root"), [
    ("", 1, b"r" * 32), ("two\nlines", 1, b"r" * 32), (ORIGIN, -1, b"r" * 32),
    (ORIGIN, 1, b"r" * 31), (ORIGIN, 10**19, b"r" * 32), ("tab\there", 1, b"r" * 32),
])  # fmt: skip
def test_a_malformed_checkpoint_is_never_signed(origin, size, root):
    with pytest.raises(CheckpointError):
        sign_checkpoint(origin, size, root, LOG)


def test_a_witness_key_signs_no_checkpoint():
    with pytest.raises(CheckpointError):
        sign_checkpoint(ORIGIN, 1, b"r" * 32, WITNESS)


@pytest.mark.parametrize("spoil", [
    lambda note: note[:-1],
    lambda note: note + "\n",
    lambda note: "\n" + note,
    lambda note: note.replace("\n9\n", "\n09\n"),
    lambda note: note.replace("\n9\n", "\n+9\n"),
    lambda note: note.replace("\n9\n", "\n٩\n"),
    lambda note: note.replace("\n", "\r\n"),
    lambda note: note.replace("— ", "- "),
    lambda note: note.replace("— ", "—  "),
    lambda note: note.replace("=\n\n", "\n\n"),
    lambda note: note.partition("\n\n")[0] + "\n\n",
    lambda note: note + note.splitlines()[-1] + "x\n",
    lambda note: note + "— short AAAA\n",
    lambda note: note + (note.splitlines()[-1] + "\n") * 64,
    lambda note: note.replace(ORIGIN + "\n", ORIGIN + "x\n", 1),
])  # fmt: skip
def test_a_spoiled_note_is_refused(spoil):
    note = spoil(signed(9))

    with pytest.raises(CheckpointError):
        open_checkpoint(note, LOG.verifier_key)


def test_unused_bits_of_base64_cannot_be_played_with():
    note = signed(9)
    at = note.rindex("=") - 1
    twin = chr(ord(note[at]) + 1)

    with pytest.raises(CheckpointError):
        open_checkpoint(note[:at] + twin + note[at + 1 :], LOG.verifier_key)


@given(st.integers(0, 200), st.integers(1, 255))
def test_every_changed_byte_of_a_checkpoint_is_seen(place, flip):
    data = bytearray(signed(9).encode())
    data[place % len(data)] ^= flip
    note = data.decode(errors="replace")

    with pytest.raises(CheckpointError):
        open_checkpoint(note, LOG.verifier_key)


def test_another_key_under_the_same_name_is_not_the_log():
    thief = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"t" * 32))
    note = sign_checkpoint(ORIGIN, 9, head(9).root, thief)

    with pytest.raises(CheckpointError, match="not signed by"):
        open_checkpoint(note, LOG.verifier_key)


def test_signatures_of_strangers_are_ignored():
    stranger = Signer("x.example", Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    text = parse_note(signed(9)).text
    note = signed(9) + stranger.sign(text.encode()).line() + "\n"

    checkpoint = open_checkpoint(note, LOG.verifier_key)

    assert checkpoint.size == 9


def test_extension_lines_are_kept():
    text = f"{Checkpoint(ORIGIN, 1, b'r' * 32).text}epoch 4\n"

    checkpoint = parse_text(text)

    assert (checkpoint.extensions, checkpoint.text) == (("epoch 4",), text)


def test_a_witness_cosigns_what_extends_its_last_view():
    proof = consistency_proof(Tree(NODES).node, 5, 12)
    knowledge = Witnessing(LOG.verifier_key, head(5), proof)

    note = cosign(signed(12), knowledge, WITNESS, at=1_795_000_000)

    assert cosigned_at(note, WITNESS.verifier_key) == 1_795_000_000
    assert open_checkpoint(note, LOG.verifier_key).size == 12


def test_a_witness_signs_at_first_sight():
    note = cosign(signed(12), Witnessing(LOG.verifier_key, None), WITNESS, at=0)

    assert cosigned_at(note, WITNESS.verifier_key) == 0


@pytest.mark.parametrize(("last", "size"), [
    (TreeHead(5, root_of(NODES[1:6])), 12),   # another past
    (head(12), 5),                            # rollback
    (TreeHead(12, root_of(NODES[:11])), 12),  # another tree of the same size
])  # fmt: skip
def test_a_witness_never_cosigns_a_second_history(last, size):
    old = min(last.size, size)
    proof = consistency_proof(Tree(NODES).node, old, size)
    knowledge = Witnessing(LOG.verifier_key, last, proof)

    with pytest.raises(CheckpointError, match="not shown to extend"):
        cosign(signed(size), knowledge, WITNESS, at=1)


def test_a_log_key_is_no_witness():
    with pytest.raises(CheckpointError, match="type 0x04"):
        cosign(signed(3), Witnessing(LOG.verifier_key, None), LOG, at=1)


def test_an_absent_cosignature_is_none_and_a_false_one_an_error():
    note = cosign(signed(12), Witnessing(LOG.verifier_key, None), WITNESS, at=7)
    line = note.splitlines()[-1]
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[11] ^= 1
    later = note.replace(line.split(" ")[2], base64.b64encode(raw).decode())

    absent = cosigned_at(signed(12), WITNESS.verifier_key)

    assert absent is None
    with pytest.raises(CheckpointError, match="false"):
        cosigned_at(later, WITNESS.verifier_key)
