"""Two shards as the platform issues and exports them, held before the gate in its own process."""

import json

import pytest

from emigrate.domains.credentials.actions import export
from emigrate.domains.credentials.models import Credential, StatusShard
from emigrate.domains.credentials.queries import qr_text
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, lead
from tests.gate.test_cli import gate


@pytest.fixture
def issued(scene, tmp_path):
    """The QR texts of clearances in two shards, of which the last is cancelled; all exported."""
    first, second, third = (filed.reference for filed in scene.drafts[:3])
    lead(scene, first, "approved")
    with acting(SYSTEM):
        StatusShard.objects.update(closed=True)
    lead(scene, second, "approved")
    lead(scene, third, "cancelled")
    with clock.simulate(scene.now), acting(SYSTEM):
        export(tmp_path, actor=SYSTEM)
        texts = [qr_text(each, actor=SYSTEM) for each in (first, second, third)]
        shards = [
            Credential.objects.get(subject_reference=each).shard.name
            for each in (first, second, third)
        ]
    return texts, shards, tmp_path, scene.now.isoformat()


def answers(issued, *names):
    texts, _, folder, now = issued
    status = tuple(f"status/{name}.cbor" for name in names)
    done = [gate(folder, text, now=now, status=status).stdout for text in texts]
    return [json.loads(each)["reason"] for each in done]


def test_each_issued_shard_speaks_for_its_own_clearances(issued):
    _, (one, two, same), *_ = issued

    both, turned = answers(issued, one, two), answers(issued, two, one)

    assert (one != two, two == same) == (True, True)
    assert (both, turned) == (["ok", "ok", "revoked"], ["ok", "ok", "revoked"])


def test_a_shard_that_is_not_here_is_missed(issued):
    _, (one, two, _), *_ = issued

    assert answers(issued, one) == ["ok", "status_missing", "status_missing"]
    assert answers(issued, two) == ["status_missing", "ok", "revoked"]
