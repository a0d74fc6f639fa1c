"""The outbox: a notice exists if its transaction does, leaves once, and is read by its receiver."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext

from emigrate.domains.notifications import tasks
from emigrate.domains.notifications.actions import (
    BATCH,
    Notice,
    drain_outbox,
    mark_seen,
    notify,
)
from emigrate.domains.notifications.models import Message
from emigrate.domains.notifications.queries import WORDS, notifications_for, words
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import NotFound
from emigrate.foundation.transactions import acting
from tests.factories.emigrants import an_emigrant
from tests.races import race

SYSTEM = Actor.system("test")
ME = Actor("emigrant", 1, person_id=7)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where the demonstration's messages go."""
    monkeypatch.setattr(settings, "HOME", tmp_path)
    return tmp_path


def sent(home):
    return [
        json.loads(line)
        for path in sorted((home / "messages").glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]


def english(line):
    return line["text"].splitlines()[0]


def jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.drain'"
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_notices_are_sent_in_order_by_one_job(home):
    for number in range(3):
        notify(Notice("contract.locked", f"CT-{number}", person_id=7), actor=SYSTEM)
    waiting = jobs()

    tasks.drain()
    tasks.drain()

    told = [f"Your contract CT-{number} is fixed. Keep your copy." for number in range(3)]
    assert (waiting, [english(line) for line in sent(home)]) == (1, told)
    with acting(SYSTEM):
        assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db
def test_more_than_a_batch(home):
    with acting(SYSTEM):
        for number in range(BATCH + 1):
            notify(Notice("contract.locked", f"CT-{number}", person_id=7), actor=SYSTEM)

    first = drain_outbox(actor=SYSTEM)
    tasks.drain()

    assert (first, len(sent(home))) == (BATCH, BATCH + 1)


@pytest.mark.django_db
def test_a_refused_transaction_tells_nobody(home):
    def half():
        with acting(SYSTEM):
            notify(Notice("contract.locked", "CT-1", person_id=7), actor=SYSTEM)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()

    tasks.drain()

    assert (sent(home), jobs()) == ([], 0)


@pytest.mark.django_db
@pytest.mark.parametrize("active", ["en", "hi", "ta"])
def test_a_person_is_told_in_english_and_hindi_and_an_office_in_english(home, active):
    notify(Notice("contract.locked", "CT-1", person_id=7), actor=SYSTEM)
    notify(Notice("departure.off_loaded", "DP-1", office="DEL"), actor=SYSTEM)

    with translation.override(active):
        tasks.drain()

    assert [line["text"].splitlines() for line in sent(home)] == [
        [
            "Your contract CT-1 is fixed. Keep your copy.",
            "आपका अनुबंध CT-1 पक्का हो गया। अपनी प्रति रखें।",
        ],
        ["Somebody was not let on board: DP-1. Look at the case."],
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("event", sorted(WORDS))
def test_a_notice_reads_in_english_where_a_language_has_none(event):
    facts = {"code": "123456"}
    message = Message(event=event, reference="X-1", facts=facts)
    with translation.override("en"):
        in_english = words(message)

    with translation.override("ta"):
        in_tamil = words(message)

    assert (in_tamil, in_english.isascii()) == (in_english, True)


@pytest.mark.django_db
def test_a_notice_without_its_fact_holds_nobody_up(home):
    notify(Notice("employer.code", "FE-1", organisation_id=3), actor=SYSTEM)
    notify(Notice("contract.locked", "CT-1", person_id=7), actor=SYSTEM)

    tasks.drain()

    assert [english(line) for line in sent(home)] == [
        "employer.code FE-1", "Your contract CT-1 is fixed. Keep your copy.",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_notice_has_a_receiver():
    with pytest.raises(IntegrityError, match="message_has_a_receiver"), transaction.atomic():
        notify(Notice("contract.locked", "CT-1"), actor=SYSTEM)


def test_every_text_takes_its_placeholders():
    for event in WORDS:
        message = Message(event=event, reference="X-1", facts={"code": "123456"})
        assert "%(" not in words(message)


def test_an_unknown_event_is_told_by_its_code():
    assert words(Message(event="new.event", reference="X-1")) == "new.event X-1"


NOTICES = {
    "person": {"person_id": 7},
    "account": {"user_id": 1},
    "organisation": {"organisation_id": 3},
    "office": {"office": "DEL"},
    "country": {"country": "SAU"},
    "role": {"role": "pge"},
    "poe of an office": {"role": "poe", "office": "DEL"},
    "mission of a country": {"role": "mission_lw", "country": "SAU"},
}
# fmt: off
READS = [
    (ME,                                              {"person", "account"}),
    (Actor("emigrant", 2, person_id=8),               set()),
    (Actor("emigrant", 2),                            set()),
    (Actor("ra_admin", 2, organisation_id=3),         {"organisation"}),
    (Actor("ra_staff", 2, organisation_id=4),         set()),
    (Actor("fe_admin", 2, organisation_id=3),         {"organisation"}),
    (Actor("poe", 2, office="DEL"),                   {"office", "poe of an office"}),
    (Actor("poe", 2, office="BOM"),                   set()),
    (Actor("poe", 2),                                 set()),
    (Actor("poe_da", 2, office="DEL"),                {"office"}),
    (Actor("mission_lw", 2, country="SAU"),           {"country", "mission of a country"}),
    (Actor("mission_hom", 2, country="SAU"),          {"country"}),
    (Actor("mission_lw", 2, country="ARE"),           set()),
    (Actor("pge", 2),                                 {"role"}),
    (Actor("pge", 1),                                 {"role", "account"}),
    (Actor("boi", 2),                                 set()),
    (SYSTEM,                                          set(NOTICES)),
    (Actor.public(),                                  set()),
]
# fmt: on


@pytest.mark.django_db
@pytest.mark.parametrize(("actor", "expected"), READS)
def test_each_reads_their_own_and_the_database_agrees(actor, expected):
    for name, receiver in NOTICES.items():
        notify(Notice("contract.locked", name, **receiver), actor=SYSTEM)

    with acting(actor):
        bare = set(Message.objects.values_list("reference", flat=True))
        by_policy = set(notifications_for(actor).values_list("reference", flat=True))

    assert (bare, by_policy) == (expected, expected)


@pytest.mark.django_db
def test_the_receiver_marks_it_as_seen_and_nobody_else():
    notify(Notice("contract.locked", "CT-1", person_id=7), actor=SYSTEM)
    with acting(SYSTEM):
        message = Message.objects.get()

    with pytest.raises(NotFound):
        mark_seen(message.pk, actor=Actor("emigrant", 2, person_id=8))
    with acting(SYSTEM):
        before = Message.objects.get().seen_at
    mark_seen(message.pk, actor=ME)
    with acting(SYSTEM):
        first = Message.objects.get().seen_at
    mark_seen(message.pk, actor=ME)

    with acting(SYSTEM):
        assert (before, first is not None, Message.objects.get().seen_at) == (None, True, first)


def test_many_workers_send_each_notice_once(committed_database, home):
    with acting(SYSTEM):
        for number in range(60):
            notify(Notice("contract.locked", f"CT-{number}", person_id=7), actor=SYSTEM)

    race(16, lambda _: tasks.drain())

    texts = [line["id"] for line in sent(home)]
    assert (len(texts), len(set(texts))) == (60, 60)


@pytest.mark.django_db
def test_a_clock_tells_the_same_once(home):
    facts = {"on": "2026-12-01"}
    due = Notice("agent.expiring", "RA-1", organisation_id=3, facts=facts, once=True)

    for notice in (due, due, replace(due, facts={"on": "2027-12-01"}), replace(due, once=False)):
        notify(notice, actor=SYSTEM)

    tasks.drain()
    days = ["2026-12-01", "2027-12-01", "2026-12-01"]
    assert [line["text"] for line in sent(home)] == [
        f"Your registration RA-1 ends on {day}. Ask for its renewal in time." for day in days
    ]


@pytest.mark.django_db
def test_a_person_is_told_in_their_language(home):
    speakers = {language: an_emigrant(language=language).pk for language in ("hi", "en", "ta")}
    for person in (*speakers.values(), 999_999_999):
        notify(Notice("contract.locked", "CT-1", person_id=person), actor=SYSTEM)

    tasks.drain()

    english = "Your contract CT-1 is fixed. Keep your copy."
    with translation.override("hi"):
        hindi = gettext("Your contract %(reference)s is fixed. Keep your copy.")
    assert hindi != english
    told = [line["text"] for line in sent(home) if line["event"] == "contract.locked"]
    spoken = hindi % {"reference": "CT-1"}
    both = f"{english}\n{spoken}"
    assert told == [spoken, english, both, both]
