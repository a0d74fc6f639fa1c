"""The floor: raw queries as each actor, with none of the application's own checks."""

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.utils import DatabaseError

from emigrate.domains.clearances import queries
from emigrate.domains.clearances.models import Check, Clearance
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.models import AuditLeaf
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, a_draft, a_job, lead, row
from tests.factories.clearances import taken as take


@pytest.fixture
def two(scene):
    """One approved of ours, one in the queue of the other agency, office and country."""
    ours = scene.drafts[0]
    lead(scene, ours.reference, "approved")
    company = scene.world.company("ARE", "Other Contracting LLC")
    job = a_job(scene.world, scene.other_agency, company, wage=(2_000_00, "AED"))
    theirs = a_draft(scene, job)
    take(scene, "submit", theirs.reference, actor=scene.other_agency.actor)
    for verb in ("start_checks", "queue"):
        take(scene, verb, theirs.reference)
    return ours, theirs


def sees(actor):
    """What the database gives to a bare query, as (clearances, with checks, with leaves)."""
    with acting(actor):
        return (
            set(Clearance.objects.values_list("reference", flat=True)),
            set(Check.objects.values_list("clearance__reference", flat=True)),
            set(
                AuditLeaf.objects.filter(stream="clearance").values_list(
                    "case_reference", flat=True
                )
            ),
        )


def everybody(scene, ours, theirs):
    """(actor, of ours, of theirs) for every kind of actor."""
    mine, other = row(ours.reference), row(theirs.reference)
    return [
        (scene.agent, True, False),
        (replace(scene.agent, role="ra_staff"), True, False),
        (scene.other_agency.actor, False, True),
        (replace(scene.agent, organisation_id=None), False, False),
        (ours.worker.actor, True, False),
        (theirs.worker.actor, False, True),
        (replace(ours.worker.actor, person_id=None), False, False),
        (scene.company.actor, True, False),
        (theirs.job.company.actor, False, True),
        (Actor("poe", 1, office=mine.office), True, False),
        (Actor("poe_da", 1, office=other.office), False, True),
        (Actor("poe", 1, office="XXX"), False, False),
        (Actor("poe", 1), False, False),
        (Actor("mission_lw", 1, country="SAU"), True, False),
        (Actor("mission_hom", 1, country="ARE"), False, True),
        (Actor("mission_hom", 1, country="KWT"), False, False),
        (Actor("mission_lw", 1), False, False),
        (Actor("boi", 1), True, False),  # only what was ever issued
        (Actor("pge", 1), True, True),
        (Actor("pge_da", 1), True, True),
        (Actor("auditor", 1), True, True),
        (SYSTEM, True, True),
        (Actor("helpdesk", 1), False, False),
        (Actor("insurer", 1, organisation_id=scene.agent.organisation_id), False, False),
        (Actor("csc_vle", 1), False, False),
        (Actor.public(), False, False),
        (Actor("minister", 1), False, False),
    ]


def test_offices_of_the_two_differ(scene, two):
    ours, theirs = two

    assert row(ours.reference).office != row(theirs.reference).office


def test_a_bare_query_gives_each_their_own(scene, two):
    ours, theirs = two

    for actor, of_ours, of_theirs in everybody(scene, ours, theirs):
        expected = {f.reference for f, seen in ((ours, of_ours), (theirs, of_theirs)) if seen}
        drafts = {f.reference for f in scene.drafts[1:]} if actor.role != "boi" else set()
        clearances, checks, leaves = sees(actor)
        assert (actor, clearances - drafts) == (actor, expected)
        assert (actor, checks, leaves - drafts) == (actor, expected, expected)


def test_the_policies_say_the_same(scene, two):
    ours, theirs = two

    for actor, *_ in everybody(scene, ours, theirs):
        with acting(actor):
            by_the_database = set(Clearance.objects.values_list("pk", flat=True))
            by_the_policy = set(queries.clearances_for(actor).values_list("pk", flat=True))
        assert (actor, by_the_policy) == (actor, by_the_database)


def test_whoever_sees_a_case_can_open_it(scene, two):
    ours, theirs = two

    for actor, of_ours, of_theirs in everybody(scene, ours, theirs):
        for filed, seen in ((ours, of_ours), (theirs, of_theirs)):
            with acting(actor):
                try:
                    opened = queries.clearance(filed.reference, actor=actor).reference
                except NotFound:
                    opened = None
            assert (actor, opened) == (actor, filed.reference if seen else None)


def test_without_an_actor_there_is_nothing(scene, two):
    known = "SELECT set_config('app.role', %s, true)"
    with connection.cursor() as cursor:  # the test's own transaction still knows the last actor
        cursor.execute(known, [""])
        seen = [model.objects.count() for model in (Clearance, Check, AuditLeaf)]
        cursor.execute(known, ["system"])  # for the constraints that are checked at its end

    assert seen == [0, 0, 0]


@pytest.mark.parametrize("role", [
    Role.FE_ADMIN, Role.PGE_DA, Role.BOI, Role.AUDITOR, Role.HELPDESK, Role.INSURER, Role.PUBLIC,
])  # fmt: skip
def test_readers_write_nothing(scene, two, role):
    actor = replace(scene.company.actor, role=role.value)

    with acting(actor):
        changed = Clearance.objects.update(check_tries=F("check_tries") + 1)

    assert changed == 0


def test_strangers_write_nothing(scene, two):
    ours, theirs = two

    for actor in (scene.other_agency.actor, Actor("poe", 1, office="XXX"), theirs.worker.actor):
        with acting(actor):
            rows = Clearance.objects.filter(reference=ours.reference)
            assert (actor, rows.update(visa_number="X")) == (actor, 0)


def test_a_state_without_a_leaf_is_refused(scene, two):
    ours, _ = two

    def write():
        Clearance.objects.filter(reference=ours.reference).update(state="used")
        connection.check_constraints()

    assert refused(write, "has no leaf")


def test_nobody_deletes(scene, two):
    ours, _ = two

    def delete():
        Clearance.objects.filter(reference=ours.reference)._raw_delete("default")

    assert refused(delete, "permission denied")


def refused(write, words):
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), acting(SYSTEM):
        write()
    return True
