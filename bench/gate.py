"""Whole offline checks a second on one core, against raw ECDSA P-256 by the same library.

Both are measured in the same run, in turns, in rounds of processor time; the ratio is the median
of each round's checks / raw.
"""

import hashlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.figure import Figure, Options, medians, misses, run_figure
from emigrate.foundation.crypto.cose import qr_text, sign_cwt
from emigrate.foundation.crypto.signing_keys import Purpose, make_key, make_root, public_pem
from emigrate.foundation.crypto.status_list import StatusList, sign_status_list
from emigrate.foundation.crypto.trust_list import TrustList, entry_for, sign_trust_list
from gate import Verdict, Verifier

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ISSUER = "IN-MEA-PGE"
URI = "https://status.example/0001"
CLEARANCES = 1000
SLICE = 20
ROUNDS = 11
TARGET = 0.35


def clearance(number: int) -> dict[int, object]:
    """The claims of one invented clearance, all optional ones present."""
    name = f"EC-2026-DEL-{number:07d}-K"
    issued = int(NOW.timestamp()) - 86_400
    return {
        1: ISSUER,
        4: issued + 180 * 86_400,
        5: issued,
        6: issued,
        7: hashlib.sha256(name.encode()).digest()[:16],
        65535: {"status_list": {"idx": number * 131, "uri": URI}},
        169: {1: name, 4: f"SPECIMEN<<PERSON<{number:04d}", 8: "19940228", 9: 2, 13: "IND"},
        -66010: {
            0: 1,
            1: name,
            2: f"Z{number:07d}",
            3: "SAU",
            4: 1,
            5: "7112",
            6: "B-0000/DEL/PER/1000+/5/0000/2024",
            7: "FE-SAU-0000007",
            8: "PBBY-2026-0000007",
            9: "20281231",
        },
    }


def counter() -> tuple[Verifier, list[str]]:
    """A gate with its files in memory, and the QR texts that will be held before it."""
    start, validity = NOW - timedelta(days=10), timedelta(days=180)
    root = make_root(start, demo=True)
    key = make_key(Purpose.EC_QR, start, longest_validity=validity, demo=True)
    status = make_key(Purpose.STATUS, start, longest_validity=validity, demo=True)
    entries = [entry_for(key), entry_for(status)]
    trust = sign_trust_list(
        TrustList(counter=1, issued=NOW, issuer=ISSUER, demo=True, entries=entries), root=root
    )
    listed = sign_status_list(StatusList(), uri=URI, issued=NOW, key=status)
    texts = [qr_text(sign_cwt(clearance(number), key=key)) for number in range(CLEARANCES)]
    return Verifier(public_pem(root), trust, [listed]), texts


def check_all(verifier: Verifier, texts: list[str]) -> None:
    """Check every text; an answer other than `valid` ends the run."""
    for text in texts:
        assert verifier.check(text, NOW).verdict is Verdict.VALID


def raw_work(count: int) -> Callable[[], None]:
    """As many raw verifications of a message of a clearance's size."""
    private = ec.generate_private_key(ec.SECP256R1())
    public, scheme, message = private.public_key(), ec.ECDSA(hashes.SHA256()), bytes(400)
    signature = private.sign(message, scheme)

    def work() -> None:
        for _ in range(count):
            public.verify(signature, message, scheme)

    return work


def one_round(verifier: Verifier, texts: list[str]) -> tuple[float, float]:
    """Checks and raw verifications a second, taken in short turns so that noise meets both."""
    raw = raw_work(SLICE)
    spent = [0, 0]
    for start in range(0, CLEARANCES, SLICE):
        part = texts[start : start + SLICE]
        works: list[Callable[[], None]] = [partial(check_all, verifier, part), raw]
        for which, work in enumerate(works):
            began = time.process_time_ns()
            work()
            spent[which] += time.process_time_ns() - began
    return CLEARANCES / spent[0] * 1e9, CLEARANCES / spent[1] * 1e9


def measure(options: Options) -> Figure:
    """The median ratio over eleven rounds (five are too few on a shared machine)."""
    verifier, texts = counter()
    one_round(verifier, texts)
    rounds = [one_round(verifier, texts) for _ in range(ROUNDS)]
    checks, raw = medians(rounds)
    ratios = sorted(one / other for one, other in rounds)
    ratio = ratios[ROUNDS // 2]
    return Figure(
        figure="gate",
        value=round(checks),
        unit="checks/s",
        limit=round(raw),
        ratio=round(ratio, 3),
        target=f"ratio >= {TARGET}",
        n=CLEARANCES * ROUNDS,
        seed=options.seed,
        misses=misses(ratio=ratio >= TARGET),
        details={"ratios": [round(each, 3) for each in ratios]},
    )


if __name__ == "__main__":
    sys.exit(run_figure(measure))
