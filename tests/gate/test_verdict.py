import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from base45 import b45encode

from emigrate.foundation.crypto.signing_keys import Purpose, public_pem
from emigrate.foundation.crypto.status_list import StatusList, sign_status_list
from emigrate.foundation.crypto.trust_list import KeyStatus, entry_for, sign_trust_list
from gate import Reason, Verdict, Verifier
from tests.gate.specimen import (
    INDEX,
    NOW,
    SHOWN,
    URI,
    claims,
    issue,
    keys,
    part,
    seconds,
    trust_list,
    trust_with,
    unpacked,
    world,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def test_a_good_clearance_is_valid_and_shows_its_claims():
    answer = world().check(issue())

    assert answer.as_json() == {
        "verdict": "valid",
        "reason": "ok",
        "status_as_of": "2026-11-22T08:30:00Z",
        "trust": "DEMO",
        "claims": SHOWN,
    }


def test_optional_claims_may_be_absent():
    text = issue(**part(169, k9=None, k23=None), **part(-66010, k8=None, k9=None))

    answer = world().check(text)

    assert (answer.verdict, answer.claims) == (Verdict.VALID, {**SHOWN, "policy": None})


@pytest.mark.parametrize(("value", "now", "verdict"), [
    (0, NOW,              "valid"),
    (1, NOW,              "revoked"),
    (2, NOW,              "suspended"),
    (3, NOW,              "invalid"),
    (1, NOW + 400 * DAY,  "revoked"),        # revoked before expired
    (2, NOW + 400 * DAY,  "suspended"),      # suspended before expired
    (1, NOW - 5 * DAY,    "revoked"),        # revoked before not yet valid
    (0, NOW + 400 * DAY,  "expired"),        # expired before stale
    (0, NOW - 5 * DAY,    "not_yet_valid"),
    (0, NOW + 30 * HOUR,  "stale"),
    (1, NOW + 30 * HOUR,  "revoked"),        # revoked before stale
])  # fmt: skip
def test_the_order_of_verdicts(value, now, verdict):
    answer = world(values={INDEX: value}).check(issue(), now)

    assert answer.verdict == verdict


@pytest.mark.parametrize(("after", "reason"), [
    (timedelta(hours=24),               "ok"),
    (timedelta(hours=24, seconds=1),    "status_stale"),
    (timedelta(hours=48),               "status_stale"),
    (timedelta(hours=48, seconds=1),    "status_expired"),
])  # fmt: skip
def test_a_list_is_stale_one_second_after_its_day(after, reason):
    listed = NOW - HOUR

    answer = world(listed=listed).check(issue(), listed + after)

    assert answer.reason == reason


def test_the_own_limit_replaces_the_trust_lists_figure_but_not_the_expiry():
    stands = world(max_age_hours=40)

    answers = [stands.check(issue(), NOW - HOUR + hours * HOUR).reason for hours in (40, 41, 49)]

    assert answers == [Reason.OK, Reason.STATUS_STALE, Reason.STATUS_EXPIRED]


@pytest.mark.parametrize(("now", "verdict"), [
    (NOW - timedelta(seconds=1),        "not_yet_valid"),
    (NOW,                               "valid"),
    (NOW + HOUR - timedelta(seconds=1), "valid"),
    (NOW + HOUR,                        "expired"),
])  # fmt: skip
def test_the_dates_hold_to_the_second(now, verdict):
    text = issue(c5=seconds(NOW), c4=seconds(NOW + HOUR))

    answer = world().check(text, now)

    assert answer.verdict == verdict


@pytest.mark.parametrize(("ahead", "verdict"), [(300, "valid"), (301, "not_yet_valid")])
def test_a_clock_may_be_five_minutes_behind_the_issuers(ahead, verdict):
    text = issue(c6=seconds(NOW) + ahead)

    answer = world().check(text)

    assert answer.verdict == verdict


@pytest.mark.parametrize(("ahead", "reason"), [(300, "ok"), (301, "status_from_the_future")])
def test_a_list_from_the_future_is_not_called_fresh(ahead, reason):
    answer = world(listed=NOW + timedelta(seconds=ahead)).check(issue())

    assert (answer.reason, answer.claims) == (reason, SHOWN)
    assert answer.verdict == ("valid" if reason == "ok" else "stale")


@pytest.mark.parametrize(("ahead", "reason"), [(300, "ok"), (301, "trust_from_the_future")])
def test_a_trust_list_from_the_future_is_not_called_fresh(ahead, reason):
    answer = world(trust=trust_list(issued=NOW + timedelta(seconds=ahead))).check(issue())

    assert (answer.reason, answer.claims) == (reason, SHOWN)
    assert answer.verdict == ("valid" if reason == "ok" else "stale")


@pytest.mark.parametrize(("value", "changes", "verdict"), [
    (1, {},                                          "revoked"),
    (2, {},                                          "suspended"),
    (0, {"c4": seconds(NOW)},                        "expired"),
    (0, {"c5": seconds(NOW) + 1},                    "not_yet_valid"),
    (0, {},                                          "stale"),
])  # fmt: skip
def test_a_list_from_the_future_still_revokes(value, changes, verdict):
    answer = world(values={INDEX: value}, listed=NOW + DAY).check(issue(**changes))

    assert answer.verdict == verdict


OTHER = "https://status.example/0002"


@pytest.mark.parametrize(("first", "second", "verdicts"), [
    (0, 0, ["valid", "valid"]),
    (1, 0, ["revoked", "valid"]),
    (0, 1, ["valid", "revoked"]),
    (2, 1, ["suspended", "revoked"]),
])  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_of_two_shards_each_speaks_for_its_own(first, second, verdicts, turned):
    here, there = world(values={INDEX: first}), world(values={INDEX: second}, uri=OTHER)
    files = [here.status_bytes(), there.status_bytes()]
    texts = [issue(), issue(c65535={"status_list": {"idx": INDEX, "uri": OTHER}})]
    stands = Verifier(here.root_pem(), here.trust_bytes(), files[::-1] if turned else files)

    answers = [stands.check(text, NOW) for text in texts]

    assert [each.verdict for each in answers] == verdicts


def test_of_two_shards_each_has_its_own_age():
    here, there = world(listed=NOW - 30 * HOUR), world(uri=OTHER)
    files = [here.status_bytes(), there.status_bytes()]
    texts = [issue(), issue(c65535={"status_list": {"idx": INDEX, "uri": OTHER}})]
    stands = Verifier(here.root_pem(), here.trust_bytes(), files)

    answers = [stands.check(text, NOW) for text in texts]

    assert [(each.reason, each.status_as_of) for each in answers] == [
        ("status_stale", "2026-11-21T03:30:00Z"), ("ok", "2026-11-22T08:30:00Z"),
    ]  # fmt: skip


def test_without_the_status_list_of_its_shard_nothing_is_called_valid():
    answer = world(uri="https://status.example/0002").check(issue())

    assert (answer.verdict, answer.reason, answer.status_as_of, answer.claims) == (
        Verdict.STALE,
        Reason.STATUS_MISSING,
        None,
        SHOWN,
    )


def test_of_two_lists_the_newer_one_speaks_in_either_order():
    older, newer = world(listed=NOW - 2 * HOUR), world(values={INDEX: 1})
    files = [older.status_bytes(), newer.status_bytes()]

    answers = [
        Verifier(older.root_pem(), older.trust_bytes(), order).check(issue(), NOW).verdict
        for order in (files, files[::-1])
    ]

    assert answers == [Verdict.REVOKED, Verdict.REVOKED]


def test_an_index_beyond_the_list_is_invalid():
    text = issue(c65535={"status_list": {"idx": 2**17, "uri": URI}})

    answer = world().check(text)

    assert (answer.verdict, answer.reason) == (Verdict.INVALID, Reason.STATUS_INDEX_UNKNOWN)


@pytest.mark.parametrize(("changes", "reason"), [
    ({"not_before": NOW},                                "key_not_valid_then"),
    ({"not_after": NOW - 2 * DAY},                       "key_not_valid_then"),
    ({"verify_until": NOW - HOUR},                       "key_not_valid_then"),
    ({"status": KeyStatus.REVOKED},                      "key_revoked"),
    ({"status": KeyStatus.RETIRED},                      "ok"),
    ({"compromised_since": NOW - DAY},                   "key_compromised"),
    ({"compromised_since": NOW - DAY + timedelta(seconds=1)}, "key_needs_online_check"),
])  # fmt: skip
def test_the_window_and_the_fate_of_the_signing_key(changes, reason):
    answer = world(trust=trust_with(Purpose.EC_QR, **changes)).check(issue())

    assert answer.reason == reason
    assert (answer.claims is None) == (answer.verdict is Verdict.INVALID)


@pytest.mark.parametrize(("value", "verdict"), [(0, "expired"), (1, "revoked")])
def test_what_ran_out_before_its_key_did_has_expired_for_ever(value, verdict):
    stands = world(values={INDEX: value})
    verifier = Verifier(stands.root_pem(), stands.trust_bytes(), [stands.status_bytes()])

    answers = {
        verifier.check(issue(), datetime(year, 1, 1, tzinfo=UTC)).verdict for year in (2028, 2099)
    }

    assert answers == {verdict}


def test_lists_of_a_status_key_that_leaked_later_are_doubted():
    trust = trust_with(Purpose.STATUS, compromised_since=NOW)

    answer = world(trust=trust).check(issue())

    assert (answer.verdict, answer.reason) == (Verdict.STALE, Reason.STATUS_KEY_COMPROMISED)


def test_a_trust_list_kept_for_more_than_thirty_days_is_stale():
    now = NOW - 2 * HOUR + 30 * DAY
    stands = world(listed=now)

    answers = [stands.check(issue(), now + timedelta(seconds=s)).reason for s in (0, 1)]

    assert answers == [Reason.OK, Reason.TRUST_STALE]


def test_another_issuer_than_the_trust_lists_is_invalid():
    answer = world(trust=trust_list(issuer="XX-OTHER")).check(issue())

    assert (answer.verdict, answer.reason, answer.claims) == (
        Verdict.INVALID,
        Reason.BAD_CLAIMS,
        None,
    )


@pytest.mark.parametrize(("level", "verdict"), [
    (9, "valid"), (6, "valid"),        # what the issuer and zlib's default write
    (0, "invalid"), (1, "invalid"),    # the same content in another spelling
])  # fmt: skip
def test_the_content_has_the_spelling_of_plain_zlib(level, verdict):
    text = b45encode(zlib.compress(unpacked(issue()), level)).decode()

    answer = world().check(text)

    assert answer.verdict == verdict


def test_unused_bits_at_the_end_of_the_packing_must_be_as_issued():
    packed_bytes = zlib.compress(unpacked(issue()), 9)
    changed = [
        packed_bytes[:-5] + bytes([packed_bytes[-5] ^ bit]) + packed_bytes[-4:]
        for bit in (1, 2, 4, 8, 16, 32, 64, 128)
    ]

    verdicts = {world().check(b45encode(each).decode()).verdict for each in changed}

    assert verdicts == {Verdict.INVALID}


@pytest.mark.parametrize("changes", [
    {"c1": None}, {"c4": None}, {"c5": None}, {"c6": None}, {"c7": None}, {"c169": None},
    {"cm66010": None}, {"c65535": None}, {"c8": 1}, {"c4": -1}, {"c4": 2**40}, {"c4": "2027"},
    {"c7": bytes(15)}, {"c4": claims()[5]}, {"c65535": {"status_list": {"idx": 1}}},
    {"c65535": {"idx": 1, "uri": URI}}, {"c169": [1]}, {"cm66010": {0: 1}},
    part(169, k8="19940230"), part(169, k8="1994-2-8"), part(169, k8="१९९४०२२८"),
    part(169, k9=4), part(169, k9="M"), part(169, k4=""), part(169, k4="A\x1b[2J"),
    part(169, k4="A\u202eB"), part(169, k4="A" * 257), part(169, k1="EC-OTHER"),
    part(169, k16=b"face"), part(-66010, k0=2), part(-66010, k3="SA"), part(-66010, k4=3),
    part(-66010, k9="never"), part(-66010, k10="x"), part(-66010, k2=None),
], ids=str)  # fmt: skip
def test_claims_beyond_the_profile_are_refused_although_signed(changes):
    answer = world().check(issue(**changes))

    assert (answer.verdict, answer.reason, answer.claims) == (
        Verdict.INVALID,
        Reason.BAD_CLAIMS,
        None,
    )


def test_a_production_list_names_its_issuer():
    real = {purpose: replace(key, demo=False) for purpose, key in keys().items()}
    entries = [entry_for(real[purpose]) for purpose in (Purpose.EC_QR, Purpose.STATUS)]
    trust = sign_trust_list(trust_list(demo=False, entries=entries), root=real[Purpose.ROOT])
    status = sign_status_list(StatusList(), uri=URI, issued=NOW, key=real[Purpose.STATUS])

    answer = Verifier(public_pem(real[Purpose.ROOT]), trust, [status]).check(issue(), NOW)

    assert (answer.verdict, answer.trust) == (Verdict.VALID, "IN-MEA-PGE")
