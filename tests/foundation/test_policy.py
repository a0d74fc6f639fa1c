"""Who may do what, to which rows: an absent identity or role matches nothing."""

import pytest
from django.db.models import Q

from emigrate.domains.employers.models import EmailCode, Employer
from emigrate.domains.employers.policies import EMPLOYER_POLICY
from emigrate.foundation import policy
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotPermitted
from emigrate.foundation.policy import PolicyTable, everywhere, if_exists, only, outer
from emigrate.foundation.transactions import acting
from tests.factories.employers import SYSTEM, a_draft, a_mission_officer, an_applicant, an_employer

ACTORS = {
    "nobody": Actor("fe_admin"),
    "mission nowhere": Actor("mission_lw", 1),
    "no such role": Actor("stranger", 1, 1, "DEL", "SAU", 1),
    "public": Actor.public(),
}


def test_an_unknown_identity_matches_nothing_and_never_null():
    assert only(organisation_id=None, state="draft") == Q(pk__in=[])
    assert only(organisation_id=3) == Q(organisation_id=3)


def test_two_tables_do_not_share_a_subject():
    with pytest.raises(ValueError, match="two policy tables for employer"):
        PolicyTable("employer", {})


def test_an_unknown_permission_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        EMPLOYER_POLICY.scope(SYSTEM, "dance")


def test_a_role_without_the_permission_has_no_scope():
    assert EMPLOYER_POLICY.scope(Actor("auditor"), "decide") is None
    assert EMPLOYER_POLICY.scope(Actor("auditor"), "view") == Q()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ACTORS)
def test_a_missing_identity_sees_and_may_nothing(name):
    case, actor = a_draft(), ACTORS[name]

    with acting(SYSTEM):  # the table alone, without row security below it
        rows = Employer.objects.all()
        assert list(EMPLOYER_POLICY.narrow(rows, actor, "view")) == []
        assert EMPLOYER_POLICY.allows(actor, "file", case) is False
        with pytest.raises(NotPermitted) as caught:
            EMPLOYER_POLICY.require(actor, "file", case)

    assert caught.value.facts == {"permission": "employer.file", "role": actor.role}


@pytest.mark.django_db
def test_one_scope_answers_the_list_and_the_question():
    applicant, officer = an_applicant(), a_mission_officer()
    mine, other, abroad = (
        an_employer(applicant),
        an_employer(),
        an_employer(an_applicant("ARE"), country="ARE"),
    )

    with acting(SYSTEM):
        rows = Employer.objects.filter(pk__in=[mine.pk, other.pk, abroad.pk])
        listed = {
            who.role: {row.pk for row in EMPLOYER_POLICY.narrow(rows, who, "view")}
            for who in (applicant, officer, SYSTEM)
        }
        asked = {
            who.role: {row.pk for row in rows if EMPLOYER_POLICY.allows(who, "view", row)}
            for who in (applicant, officer, SYSTEM)
        }

    assert listed == asked
    assert listed == {
        "fe_admin": {mine.pk},
        "mission_lw": {mine.pk, other.pk},
        "system": {mine.pk, other.pk, abroad.pk},
    }


def test_a_role_is_asked_before_a_row_exists():
    EMPLOYER_POLICY.require_role(Actor("fe_admin"), "file")

    with pytest.raises(NotPermitted):
        EMPLOYER_POLICY.require_role(Actor("poe"), "file")


@pytest.mark.django_db
def test_a_scope_may_look_into_another_table(monkeypatch):
    monkeypatch.setattr(policy, "POLICIES", {})
    coded = PolicyTable("coded", {"view": {
        "system": lambda actor: if_exists(EmailCode.objects.filter(
            employer=outer("pk"), tries=0)),
        "pge": everywhere,
    }})  # fmt: skip
    case = a_draft()

    with acting(SYSTEM):
        rows = Employer.objects.filter(pk=case.pk)
        before = coded.narrow(rows, SYSTEM, "view").count()
        EmailCode.objects.filter(employer=case).update(tries=1)
        after = coded.narrow(rows, SYSTEM, "view").count()

    assert (before, after) == (1, 0)
