"""Blinded name keys made anew: every person once, nobody twice, the erased not at all."""

import pytest

from emigrate.domains.emigrants.actions import name_keys, remake_name_keys
from emigrate.domains.emigrants.actions.name_keys import Remade
from emigrate.domains.emigrants.models import NameIndex, ReadRecord
from emigrate.domains.emigrants.queries import search_by_name
from emigrate.foundation import sealing
from emigrate.foundation.errors import NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories.emigrants import SYSTEM, an_emigrant, an_officer

pytestmark = pytest.mark.django_db


def keys():
    with acting(SYSTEM):
        return dict(NameIndex.objects.values_list("pk", "name_keys"))


def found(name):
    return [row.reference for row in search_by_name(name, actor=SYSTEM)]


def made_otherwise(*persons):
    """Keys as an earlier normal form would have made them."""
    with acting(SYSTEM):
        NameIndex.objects.filter(pk__in=[each.pk for each in persons]).update(name_keys=[1])


def test_what_was_made_otherwise_is_found_again():
    kept, other = an_emigrant(given_names="Lakshmi", local_name=""), an_emigrant()
    before = keys()
    made_otherwise(other)
    lost = found("Ramesh")

    made = remake_name_keys(0, actor=SYSTEM)

    assert (lost, found("Ramesh")) == ([], [other.reference])
    assert (made, keys()) == (Remade(other.pk, 2, 1), before)
    assert remake_name_keys(0, actor=SYSTEM).changed == 0
    assert remake_name_keys(made.last, actor=SYSTEM) == Remade(other.pk, 0, 0)
    assert kept.pk in before


def test_a_person_without_keys_gets_them():
    person = an_emigrant(given_names="Ramesh")
    before = keys()
    with acting(SYSTEM):
        NameIndex.objects.update(name_keys=[])

    remake_name_keys(0, actor=SYSTEM)

    assert (keys(), found("Ramesh")) == (before, [person.reference])


def test_round_after_round_reaches_everybody(monkeypatch):
    monkeypatch.setattr(name_keys, "BATCH", 1)
    persons = [an_emigrant() for _ in range(3)]
    made_otherwise(*persons)

    last, rounds = 0, []
    while (made := remake_name_keys(last, actor=SYSTEM)).seen:
        last = made.last
        rounds.append((made.last, made.changed))

    assert rounds == [(each.pk, 1) for each in persons]


def test_an_erased_person_stays_without_a_name():
    person = an_emigrant()
    made_otherwise(person)
    sealing.erase(f"person:{person.pk}")

    made = remake_name_keys(0, actor=SYSTEM)

    assert (made.seen, made.changed, keys()) == (1, 0, {person.pk: [1]})


def test_the_opening_is_on_record():
    person = an_emigrant()

    remake_name_keys(0, actor=SYSTEM)

    with acting(SYSTEM):
        assert ReadRecord.objects.filter(emigrant_id=person.pk, purpose="name-keys").count() == 1


def test_only_the_platform_does_it():
    with pytest.raises(NotPermitted):
        remake_name_keys(0, actor=an_officer())
