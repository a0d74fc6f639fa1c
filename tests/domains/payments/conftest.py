import pytest
from django.db import connection

from emigrate.foundation.transactions import acting
from tests.factories.accounts import SYSTEM


@pytest.fixture
def guarded():
    """The test ends with the deferred triggers run, as a commit would."""
    yield
    with acting(SYSTEM):
        connection.check_constraints()
