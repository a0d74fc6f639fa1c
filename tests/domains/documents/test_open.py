import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from emigrate.domains.documents.actions import (
    open_document,
    refuse_document,
    release_document,
    sweep_strays,
)
from emigrate.domains.documents.models import Document, Opening
from emigrate.domains.documents.queries import (
    documents_for,
    folder,
    openings_for,
    place_of,
    quarantine,
)
from emigrate.domains.reference.enums import Role
from emigrate.domains.reference.queries import calendar_of
from emigrate.foundation import clock, sealing
from emigrate.foundation.actors import Actor
from emigrate.foundation.calendar import Calendar, due_at
from emigrate.foundation.clock import office_date
from emigrate.foundation.clocks import escalate_overdue
from emigrate.foundation.errors import Busy, NotFound, NotPermitted, OwnCase, WrongState
from emigrate.foundation.transactions import acting
from emigrate.law.current import pack
from tests.domains.documents.test_receive import script
from tests.factories.accounts import an_agency, an_employer
from tests.factories.documents import SYSTEM, a_document, a_pdf, a_picture

pytestmark = pytest.mark.django_db
OFFICER = Actor(Role.POE, 5, office="DEL", request_id="test")
BEFORE_A_HOLIDAY = datetime(2027, 1, 25, 6, tzinfo=UTC)
PERSON = Actor(Role.EMIGRANT, 6, person_id=4711, request_id="test")


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HOME = tmp_path


def openings():
    with acting(SYSTEM):
        return list(Opening.objects.order_by("id").values_list("role", "user_id", "purpose"))


def test_every_opening_is_on_record_and_the_person_sees_it():
    document = a_document()

    open_document(document.reference, actor=OFFICER, purpose="scrutiny of EC-1")

    with acting(PERSON):
        seen = list(openings_for(PERSON).values_list("role", "purpose"))
    assert seen == [("poe", "scrutiny of EC-1")]
    assert openings() == [("poe", 5, "scrutiny of EC-1")]


def test_others_neither_see_nor_open():
    agency, other = an_agency(), an_agency()
    agent = Actor(Role.RA_ADMIN, 8, organisation_id=agency.pk, request_id="test")
    stranger = Actor(Role.RA_ADMIN, 9, organisation_id=other.pk, request_id="test")
    document = a_document(actor=agent)

    for actor in (stranger, PERSON, Actor(Role.BOI, 3), Actor(Role.MISSION_LW, 4, country="SAU")):
        with acting(actor):
            assert (list(documents_for(actor)), list(Document.objects.all())) == ([], [])
        with pytest.raises(NotFound):
            open_document(document.reference, actor=actor)

    assert openings() == []
    assert open_document(document.reference, actor=agent)


def test_a_mission_opens_the_papers_of_employers_of_its_country():
    employer = an_employer(country="SAU")
    boss = Actor(Role.FE_ADMIN, 8, organisation_id=employer.pk, request_id="test")
    document = a_document(actor=boss, kind="licence")

    assert open_document(document.reference, actor=Actor(Role.MISSION_LW, 4, country="SAU"))
    with pytest.raises(NotFound):
        open_document(document.reference, actor=Actor(Role.MISSION_LW, 4, country="QAT"))


def test_what_is_held_waits_for_another_officer():
    document = a_document(content=a_pdf(change=script), actor=OFFICER, person_id=4711)
    with acting(OFFICER):
        assert list(quarantine(OFFICER)) == [document]
    with pytest.raises(WrongState):
        open_document(document.reference, actor=PERSON)
    with pytest.raises(NotPermitted):
        release_document(document.reference, reason="Mine", actor=PERSON)
    with pytest.raises(OwnCase):
        release_document(document.reference, reason="Mine", actor=OFFICER)

    other = Actor(Role.PGE, 55, request_id="test")
    release_document(document.reference, reason="Looked at", actor=other)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert open_document(document.reference, actor=PERSON)


def test_what_is_held_is_an_officers_until_a_day_and_rises():
    with clock.simulate(BEFORE_A_HOLIDAY):
        document = a_document(content=a_pdf(change=script))
    with clock.simulate(document.due_at + timedelta(seconds=1)):
        rose = escalate_overdue(actor=SYSTEM)
    with acting(SYSTEM):
        late = Document.objects.get(pk=document.pk)

    general = Actor(Role.PGE, 55, request_id="test")
    released = release_document(document.reference, reason="Looked at", actor=general)

    level = pack().service_days("document.quarantine")(office_date(document.created_at))
    assert document.held_by == "poe"
    assert document.due_at == due_at(document.created_at, level, calendar_of())
    assert document.due_at != due_at(document.created_at, level, Calendar())
    assert (rose, late.held_by) == (1, "pge")
    assert (released.held_by, released.due_at) == ("", None)


def test_what_is_refused_opens_for_nobody():
    document = a_document(content=a_pdf(change=script))

    refuse_document(document.reference, reason="Bring a scan", actor=OFFICER)

    for actor in (OFFICER, PERSON, SYSTEM):
        with pytest.raises(WrongState):
            open_document(document.reference, actor=actor)


def test_a_file_that_was_changed_shows_nothing():
    document, other = a_document(), a_document(content=a_picture(size=(9, 9)))
    place_of(document).write_bytes(place_of(other).read_bytes())

    with pytest.raises(Busy) as refusal:
        open_document(document.reference, actor=SYSTEM)

    assert (refusal.value.reason_code, openings()) == ("document_unreadable", [])
    place_of(document).unlink()
    with pytest.raises(Busy):
        open_document(document.reference, actor=SYSTEM)


def test_with_the_persons_key_the_persons_documents_are_gone():
    document = a_document()

    sealing.erase("person:4711")

    with pytest.raises(NotFound):
        open_document(document.reference, actor=SYSTEM)


def test_strays_are_swept_after_a_day():
    kept = place_of(a_document())
    stray = folder() / "00" / "00000000-0000-4000-8000-000000000000"
    fresh = stray.with_name("00000000-0000-4000-8000-000000000001")
    stray.parent.mkdir(exist_ok=True)
    for path in (stray, fresh):
        path.write_bytes(b"x")
    yesterday = time.time() - 90_000
    for path in (stray, kept):
        os.utime(path, (yesterday, yesterday))

    swept = sweep_strays(actor=SYSTEM)

    assert (swept, kept.exists(), stray.exists(), fresh.exists()) == (1, True, False, True)
