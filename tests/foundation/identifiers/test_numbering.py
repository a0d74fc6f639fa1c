"""Numbers are random and of the platform's year; a simulation may draw them from a seed."""

from datetime import UTC, datetime
from random import Random, SystemRandom

import pytest
from django.conf import settings

from emigrate.foundation import clock
from emigrate.foundation.actors import Actor
from emigrate.foundation.identifiers.numbering import (
    next_reference,
    numbered_by,
    randomness,
    redrawn,
)
from emigrate.foundation.identifiers.references import valid_reference
from emigrate.foundation.transactions import acting

SYSTEM = Actor.system("test")


@pytest.mark.django_db
def test_a_number_names_kind_year_and_office():
    new_year_in_delhi = datetime(2026, 12, 31, 19, 0, tzinfo=UTC)

    with clock.simulate(new_year_in_delhi), acting(SYSTEM):
        reference = next_reference("EC", office="DEL")

    assert (reference[:12], valid_reference(reference)) == ("EC-2027-DEL-", True)


@pytest.mark.django_db
def test_a_seed_repeats_and_ends_with_its_block():
    def three():
        return [next_reference("EC") for _ in range(3)]

    with acting(SYSTEM):
        with numbered_by(7):
            first = three()
        with numbered_by(7):
            second = three()
        without = three()

    assert first == second
    assert set(without).isdisjoint(first)


def test_salts_and_places_follow_the_seed_and_only_within_its_block():
    before = randomness()
    with numbered_by(7):
        first = randomness().randbytes(16)
    with numbered_by(7):
        second = randomness().randbytes(16)
    with numbered_by(8):
        other = randomness().randbytes(16)

    assert first == second != other
    assert randomness() is before
    assert isinstance(before, SystemRandom)


def test_a_seeds_numbers_are_not_those_of_its_people():
    """One seed draws both; alike they would show in a passport's number and a reference."""
    with numbered_by(7):
        drawn = [randomness().randrange(10_000_000) for _ in range(100)]

    people = Random(7)
    assert set(drawn).isdisjoint(people.randrange(10_000_000) for _ in range(100))


def test_production_draws_from_no_seed(monkeypatch):
    monkeypatch.setattr(settings, "PRODUCTION", True)

    with pytest.raises(RuntimeError, match="seed"), numbered_by(7):
        pass
    assert isinstance(randomness(), SystemRandom)


@pytest.mark.django_db
@pytest.mark.parametrize("office", ["DEL", None])
def test_a_number_drawn_again_is_of_the_same_kind(office):
    with acting(SYSTEM):
        reference = next_reference("RA", office=office)

    another = redrawn(reference)

    shape = reference.rsplit("-", 2)[0]
    assert (another != reference, another.rsplit("-", 2)[0]) == (True, shape)


@pytest.mark.django_db
@pytest.mark.parametrize("made_of", ["D-{}", "C-{}"])
def test_a_number_made_of_anothers_is_not_drawn_again(made_of):
    with acting(SYSTEM):
        reference = next_reference("EC", office="DEL")

    assert redrawn(made_of.format(reference)) is None
