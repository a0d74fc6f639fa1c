from itertools import chain

import pytest
from django.urls import reverse

from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotPermitted
from emigrate.foundation.policy import POLICIES
from emigrate.portals import urls
from emigrate.portals.permissions import PAGES, Open, allowed
from emigrate.portals.showing import door

SPACES = {"public": urls.PUBLIC, "worker": urls.WORKER, "agent": urls.AGENT,
          "officer": urls.OFFICER, "border": urls.BORDER}  # fmt: skip
NAMES = [f"{space}:{each.name}" for space, routes in SPACES.items() for each in routes]
CLOSED = [name for name, needed in PAGES.items() if isinstance(needed, str)]


def test_every_page_stands_in_the_table_once():
    assert sorted(NAMES) == sorted(PAGES)


def test_every_permission_exists():
    missing = [
        needed
        for needed in PAGES.values()
        if isinstance(needed, str)
        and needed.partition(".")[2] not in POLICIES[needed.partition(".")[0]].rules
    ]

    assert missing == []


def test_every_open_page_says_why():
    assert [name for name, needed in PAGES.items() if needed == Open("")] == []


def test_a_page_that_is_not_in_the_table_cannot_be_made():
    with pytest.raises(KeyError):
        door("new", lambda request: None, "public:new")


@pytest.mark.parametrize("name", CLOSED)
def test_anybody_is_refused_at_a_closed_page(name):
    with pytest.raises(NotPermitted):
        allowed(name)(Actor.public())


def test_no_address_takes_more_than_a_reference_a_verb_or_a_charge():
    kinds = {kind for each in chain(*SPACES.values()) for kind in each.pattern.converters}

    assert kinds == {"reference", "verb", "charge_id"}


def test_addresses_hold_the_given_reference():
    address = reverse("officer:case", args=["EC-2026-DEL-4821907-K"])

    assert address == "/officer/cases/EC-2026-DEL-4821907-K"
