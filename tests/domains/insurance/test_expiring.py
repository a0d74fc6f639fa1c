"""Who stays longer than the insurance learns of its end in time, once."""

from datetime import UTC, datetime, time, timedelta

import pytest

from emigrate.domains.insurance import tasks
from emigrate.domains.notifications.models import Message
from emigrate.foundation import clock
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.factories.insurance import SYSTEM, an_issued_policy

pytestmark = pytest.mark.django_db


def told(policy):
    with acting(SYSTEM):
        rows = Message.objects.filter(event="policy.expiring", reference=policy.reference)
        return [(message.person_id, message.facts) for message in rows]


@pytest.mark.parametrize(("early", "times"), [(1, 0), (0, 1), (-60, 1), (-61, 0)])
def test_it_is_told_once_from_its_day_on(early, times):
    policy = an_issued_policy()
    days = pack().figure("notice.policy_days", on=policy.to_date).value
    day = policy.to_date - timedelta(days=days + early)

    with clock.simulate(datetime.combine(day, time(6), UTC)):
        tasks.clocks()
        tasks.clocks()

    assert days == 60
    assert told(policy) == [(policy.person_id, {"on": policy.to_date.isoformat()})] * times
