"""Our QR codes before other people's verifiers: `@auth0/cose` and `@mosip/pixelpass` on Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import cbor2
import pytest

from emigrate.foundation.crypto.signing_keys import Purpose, public_pem
from gate import cose
from tests.gate.specimen import claims, issue, keys, packed, unpacked

FOLDER = Path(__file__).parent
LOCK = FOLDER / "package-lock.json"
INSTALLED = FOLDER / "node_modules"
STAMP = INSTALLED / ".installed-from"
EC = keys()[Purpose.EC_QR]


@pytest.fixture(scope="module")
def node():
    """The path of node, with the pinned packages that `tools/setup.sh test` put beside this file.

    Nothing is fetched here. Where they are absent the tests are skipped; with CI=true they fail.
    """
    found = shutil.which("node")
    if found and STAMP.exists() and STAMP.read_bytes() == LOCK.read_bytes():
        return found
    reason = "node or its pinned packages are absent: run tools/setup.sh test"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def answers(node: str, texts: list[str], key: bytes) -> list[dict[str, object]]:
    asked = json.dumps({"key": key.decode(), "texts": texts}).encode()
    done = subprocess.run(
        [node, "verify_qr.mjs"],
        input=asked,
        cwd=FOLDER,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return json.loads(done.stdout)


def test_our_qr_is_unpacked_and_verified_by_others(node):
    text = issue()

    (answer,) = answers(node, [text], public_pem(EC))

    ours = cose.parse(unpacked(text))
    assert answer == {
        "good": True,
        "unpacked": {
            "tag": 18,
            "header": list(ours.protected),
            "payload": list(ours.payload),
            "signature": list(ours.signature),
        },
    }
    assert cbor2.loads(bytes(answer["unpacked"]["payload"])) == claims()


def test_one_flipped_byte_is_refused_by_others(node):
    message = unpacked(issue())
    header_at = message.index(cose.parse(message).protected)
    places = [header_at + 6, len(message) // 2, len(message) - 70, len(message) - 40, -1]
    texts = [packed(flipped(message, place % len(message))) for place in places]

    found = answers(node, texts, public_pem(EC))

    assert [answer["good"] for answer in found] == [False] * len(places)


def flipped(message: bytes, place: int) -> bytes:
    return message[:place] + bytes([message[place] ^ 1]) + message[place + 1 :]


def test_another_key_is_refused_by_others(node):
    (answer,) = answers(node, [issue()], public_pem(keys()[Purpose.STATUS]))

    assert answer["good"] is False


def test_the_lock_file_names_no_registry():
    lock = LOCK.read_text("utf-8")

    found = [word for word in ('"resolved"', ".tgz", "registry", "npmjs") if word in lock]
    assert found == []
