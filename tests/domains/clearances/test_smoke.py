import pytest
from emigrate.foundation.errors import Blocked
from tests.factories.clearances import TO_STATE, lead
@pytest.mark.parametrize("state", TO_STATE)
def test_lead(scene, state):
    try:
        case = lead(scene, scene.drafts[0].reference, state)
    except Blocked as e:
        print(e.facts); raise
    assert case.state == state
