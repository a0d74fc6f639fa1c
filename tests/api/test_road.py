"""Every operation of the API has a happy path, walked with real tokens by whose work it is."""

from emigrate.api.permissions import PERMISSIONS
from tests.api.journeys import parties
from tests.api.journeys.whole import walk_all
from tests.api.walk import Walk


def test_every_operation_is_walked(scene):
    walk = Walk(scene)

    parties.public(walk)
    walk_all(walk)

    assert set(PERMISSIONS) - walk.walked == set()
