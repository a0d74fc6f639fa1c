import pytest

from emigrate.domains.accounts.actions import (
    NewMembership,
    NewOrganisation,
    NewUser,
    add_staff,
    create_organisation,
    create_user,
    end_membership,
    end_session,
    grant_membership,
    issue_token,
    revoke_token,
    start_session,
    suspend_user,
    tie_person,
)
from emigrate.domains.accounts.enums import OrganisationKind
from emigrate.domains.accounts.models import AccessToken, Membership, Organisation, Session, User
from emigrate.domains.accounts.queries import (
    actor_of_session,
    memberships_for,
    organisations_for,
    secret_hash,
    tokens_for,
    users_for,
)
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import AlreadyExists, InvalidInput, NotFound, NotPermitted
from emigrate.foundation.transactions import acting
from tests.factories.accounts import (
    SYSTEM,
    a_membership,
    a_user,
    actor_of,
    an_agency,
    an_employer,
    an_officer,
    an_organisation,
)

pytestmark = pytest.mark.django_db

PGE = Actor("pge", user_id=900)
STRANGERS = [Actor.public(), Actor("poe", user_id=1, office="DEL"), Actor("ra_admin", user_id=1)]


def rows():
    with acting(SYSTEM):
        return [
            list(model.objects.order_by("pk").values())
            for model in (Organisation, User, Membership, Session, AccessToken)
        ]


def member_of(agency, role=Role.RA_ADMIN):
    return a_membership(role, organisation_id=agency.pk)


@pytest.mark.parametrize("actor", [SYSTEM, PGE])
def test_administrators_make_organisations_users_and_memberships(actor):
    agency = create_organisation(
        NewOrganisation(OrganisationKind.AGENT, " Rising Sun Manpower ", "IND"), actor=actor
    )
    user = create_user(NewUser("rising.sun", "R. Sun", "hi"), actor=actor)
    member = grant_membership(
        NewMembership(user.pk, Role.RA_ADMIN, organisation_id=agency.pk), actor=actor
    )

    assert (agency.name, user.has_usable_password(), member.role) == (
        "Rising Sun Manpower",
        False,
        "ra_admin",
    )


@pytest.mark.parametrize("actor", STRANGERS)
def test_nobody_else_administers_and_nothing_changes(actor):
    member = an_officer()
    before = rows()

    for attempt in (
        lambda: create_organisation(
            NewOrganisation(OrganisationKind.AGENT, "X Y", "IND"), actor=actor
        ),
        lambda: create_user(NewUser("abc", "A"), actor=actor),
        lambda: grant_membership(NewMembership(member.user_id, Role.PGE), actor=actor),
        lambda: end_membership(member.pk, actor=actor),
        lambda: suspend_user(member.user_id, actor=actor),
        lambda: tie_person(member.user_id, 5, actor=actor),
        lambda: start_session(member.pk, actor=actor),
    ):
        with pytest.raises(NotPermitted):
            attempt()

    assert rows() == before


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [("", "IND", "name_length"), ("x" * 201, "IND", "name_length"),
     ("Good", "XXX", "country_unknown"),
     ("Good", "IN", "country_unknown")],
)  # fmt: skip
def test_a_wrong_organisation_is_refused(name, country, code):
    with pytest.raises(InvalidInput) as refusal:
        create_organisation(NewOrganisation(OrganisationKind.AGENT, name, country), actor=SYSTEM)

    assert refusal.value.errors[0]["code"] == code


@pytest.mark.parametrize(
    "login", ["", "ab", "Abc", "9abc", "a b c", "a" * 81, "a@b.example", "234567890123"]
)
def test_a_login_is_a_plain_chosen_name(login):
    with pytest.raises(InvalidInput) as refusal:
        create_user(NewUser(login, "A"), actor=SYSTEM)

    assert refusal.value.errors[0]["code"] == "login_malformed"


def test_a_login_is_taken_once():
    create_user(NewUser("once", "A"), actor=SYSTEM)

    with pytest.raises(AlreadyExists) as refusal:
        create_user(NewUser("once", "B"), actor=SYSTEM)

    assert refusal.value.reason_code == "login_taken"


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.SYSTEM, {}, "role_never_granted"),
        (Role.PUBLIC, {}, "role_never_granted"),
        (Role.RA_ADMIN, {}, "organisation_needed"),
        (Role.FE_ADMIN, {}, "organisation_needed"),
        (Role.INSURER, {}, "organisation_needed"),
        (Role.CSC_VLE, {}, "organisation_needed"),
        (Role.POE, {}, "office_needed"),
        (Role.POE_DA, {}, "office_needed"),
        (Role.MISSION_LW, {}, "country_needed"),
        (Role.MISSION_HOM, {}, "country_needed"),
    ],
)
def test_a_role_needs_its_place(role, place, code):
    user = a_user()

    with pytest.raises(InvalidInput) as refusal:
        grant_membership(NewMembership(user.pk, role, **place), actor=SYSTEM)

    assert refusal.value.errors[0]["code"] == code
    assert rows()[2] == []


@pytest.mark.parametrize(
    ("role", "place", "wrong"),
    [
        (Role.POE, {"office": "ZZZ"}, ("/office", "office_unknown")),
        (Role.POE_DA, {"office": "DELHI-OFFICE"}, ("/office", "office_unknown")),
        (Role.POE, {"office": "del"}, ("/office", "office_unknown")),
        (Role.POE, {"office": ""}, ("/office", "office_needed")),
        (Role.POE, {"office": "DEL", "country": "SAU"}, ("/country", "country_not_fitting")),
        (Role.MISSION_LW, {"country": "ZZZ"}, ("/country", "country_unknown")),
        (Role.MISSION_LW, {"country": ""}, ("/country", "country_unknown")),
        (Role.MISSION_HOM, {"country": "SAU", "office": "DEL"}, ("/office", "office_not_fitting")),
        (Role.PGE, {"office": "DEL"}, ("/office", "office_not_fitting")),
        (Role.EMIGRANT, {"country": "ZZZ"}, ("/country", "country_unknown")),
        (Role.EMIGRANT, {"country": "SAU"}, ("/country", "country_not_fitting")),
        (Role.RA_ADMIN, {"organisation_id": 987654}, ("/organisation", "organisation_needed")),
        (Role.PGE, {"organisation_id": 987654}, ("/organisation", "organisation_not_fitting")),
        (Role.PGE, {"organisation_id": 2**62}, ("/organisation", "organisation_not_fitting")),
    ],
)
def test_a_place_is_known_and_the_roles_own(role, place, wrong):
    user = a_user()

    with pytest.raises(InvalidInput) as refusal:
        grant_membership(NewMembership(user.pk, role, **place), actor=SYSTEM)

    (error,) = refusal.value.errors
    assert ((error["pointer"], error["code"]), rows()[2]) == (wrong, [])


@pytest.mark.parametrize("user_id", [0, 987654, 2**62])
def test_a_role_is_somebodys_who_has_an_account(user_id):
    with pytest.raises(InvalidInput) as refusal:
        grant_membership(NewMembership(user_id, Role.PGE), actor=SYSTEM)

    assert refusal.value.errors[0]["code"] == "user_unknown"


def test_an_officer_may_be_of_a_public_authority_and_of_no_other_organisation():
    ministry, agency = an_organisation(OrganisationKind.AUTHORITY), an_agency()

    member = a_membership(Role.MISSION_LW, country="SAU", organisation_id=ministry.pk)
    with pytest.raises(InvalidInput) as refusal:
        a_membership(Role.MISSION_LW, country="SAU", organisation_id=agency.pk)

    assert member.organisation_id == ministry.pk
    assert refusal.value.errors[0]["code"] == "organisation_not_fitting"


def test_an_employers_country_is_that_of_the_organisation():
    company = an_employer(country="SAU")

    member = a_membership(Role.FE_ADMIN, organisation_id=company.pk, country="SAU")
    with pytest.raises(InvalidInput) as refusal:
        a_membership(Role.FE_ADMIN, organisation_id=company.pk, country="ARE")

    assert member.country == "SAU"
    assert refusal.value.errors[0]["code"] == "country_not_fitting"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"display_name": ""}, ("/display_name", "name_length")),
        ({"display_name": "  "}, ("/display_name", "name_length")),
        ({"display_name": "x" * 121}, ("/display_name", "name_length")),
        ({"language": "zz"}, ("/language", "language_unknown")),
        ({"language": "english-in"}, ("/language", "language_unknown")),
    ],
)
def test_an_account_has_a_name_and_a_language_of_ours(changes, wrong):
    agency = an_agency()
    admin = actor_of(member_of(agency))
    before = rows()
    new = NewUser(**{"login": "new-hand", "display_name": "New Hand", **changes})

    for make, actor in ((create_user, SYSTEM), (add_staff, admin)):
        with pytest.raises(InvalidInput) as refusal:
            make(new, actor=actor)
        (error,) = refusal.value.errors
        assert (error["pointer"], error["code"]) == wrong

    assert rows() == before


def test_an_agents_role_is_held_in_an_agency_alone():
    employer, user = an_employer(), a_user()

    with pytest.raises(InvalidInput):
        grant_membership(
            NewMembership(user.pk, Role.RA_ADMIN, organisation_id=employer.pk), actor=SYSTEM
        )

    assert rows()[2] == []


def test_a_membership_exists_once():
    member = an_officer()

    with pytest.raises(AlreadyExists):
        grant_membership(NewMembership(member.user_id, Role.POE, office="MUM"), actor=SYSTEM)

    assert len(rows()[2]) == 1


def test_an_agencys_administrator_adds_staff_to_that_agency():
    agency, other = an_agency(), an_agency()
    admin = actor_of(member_of(agency))
    stranger = actor_of(member_of(other))

    staff = add_staff(NewUser("new-hand", "New Hand"), actor=admin)

    assert (staff.role, staff.organisation_id) == ("ra_staff", agency.pk)
    with acting(admin):
        seen = sorted(users_for(admin).values_list("pk", flat=True))
    with acting(stranger):
        others = sorted(users_for(stranger).values_list("pk", flat=True))
    assert (seen, others) == (sorted([admin.user_id, staff.user_id]), [stranger.user_id])


@pytest.mark.parametrize("role", [Role.RA_STAFF, Role.FE_ADMIN, Role.POE])
def test_nobody_else_adds_staff(role):
    actor = Actor(role.value, user_id=1, organisation_id=2, office="DEL")

    with pytest.raises(NotPermitted):
        add_staff(NewUser("abc", "A"), actor=actor)

    assert rows()[1] == []


def test_a_person_is_tied_once():
    member = a_membership(Role.EMIGRANT)

    officer = an_officer()

    tie_person(member.user_id, 7, actor=SYSTEM)
    tie_person(member.user_id, 8, actor=SYSTEM)
    tie_person(officer.user_id, 7, actor=SYSTEM)

    with acting(SYSTEM):
        tied = Membership.objects.filter(person_id__isnull=False)
        assert list(tied.values_list("pk", "person_id")) == [(member.pk, 7)]


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_lives_from_a_day_to_a_year(days):
    member = an_officer()

    with pytest.raises(InvalidInput):
        issue_token(member.pk, "x", days, actor=actor_of(member))

    assert rows()[4] == []


def test_a_token_is_for_ones_own_membership_and_kept_as_a_hash():
    mine, other = an_officer(), an_officer()

    secret = issue_token(mine.pk, "laptop", 30, actor=actor_of(mine))
    with pytest.raises(NotFound):
        issue_token(other.pk, "laptop", 30, actor=actor_of(mine))

    (token,) = rows()[4]
    assert (secret[:4], bytes(token["secret_hash"])) == ("emt_", secret_hash(secret))


def test_a_colleagues_membership_is_seen_but_not_used():
    agency = an_agency()
    admin, staff = member_of(agency), member_of(agency, Role.RA_STAFF)

    with pytest.raises(NotPermitted):
        issue_token(staff.pk, "x", 1, actor=actor_of(admin))

    assert rows()[4] == []


def test_a_token_is_revoked_by_its_owner_alone():
    mine, other = an_officer(), an_officer()
    issue_token(mine.pk, "laptop", 30, actor=actor_of(mine))
    token = rows()[4][0]["id"]

    with pytest.raises(NotFound):
        revoke_token(token, actor=actor_of(other))
    revoked = revoke_token(token, actor=actor_of(mine))
    again = revoke_token(token, actor=actor_of(mine))

    assert (revoked.revoked_at is not None, again.revoked_at) == (True, revoked.revoked_at)


def test_nobody_ends_anothers_session():
    mine, other = an_officer(), an_officer()
    secret = start_session(mine.pk, actor=SYSTEM)

    end_session(secret, actor=actor_of(other))

    assert actor_of_session(secret, "").user_id == mine.user_id


def test_a_session_of_an_unknown_membership_does_not_start():
    with pytest.raises(NotFound):
        start_session(987654, actor=SYSTEM)


@pytest.mark.parametrize("model", [User, Membership, Session, AccessToken])
def test_without_an_actor_or_as_a_stranger_nothing_is_seen(model):
    member = an_officer()
    start_session(member.pk, actor=SYSTEM)
    issue_token(member.pk, "x", 1, actor=SYSTEM)

    counts = []
    for actor in (Actor.public(), Actor("poe", user_id=10**6, office="DEL"), actor_of(member)):
        with acting(actor):
            counts.append(model.objects.count())

    assert counts == [0, 0, 1]


def test_organisations_are_public_and_lists_are_narrowed():
    agency = an_agency()
    member = member_of(agency)
    issue_token(member.pk, "x", 1, actor=SYSTEM)
    public, actor = Actor.public(), actor_of(member)

    with acting(public):
        seen_by_public = [
            organisations_for(public).count(),
            users_for(public).count(),
            memberships_for(public).count(),
            tokens_for(public).count(),
        ]
    with acting(actor):
        own = [users_for(actor).count(), memberships_for(actor).count(), tokens_for(actor).count()]

    assert (seen_by_public, own) == ([1, 0, 0, 0], [1, 1, 1])
