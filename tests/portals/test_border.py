from datetime import datetime, time, timedelta

import pytest

from emigrate.domains.departures.models import Departure, OffLoad
from emigrate.domains.insurance.models import Policy
from emigrate.foundation.clock import OFFICE_ZONE
from emigrate.foundation.transactions import acting
from tests.factories.clearances import SYSTEM, lead, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(scene):
    filed = scene.drafts[0]
    case = lead(scene, filed.reference, "approved")
    scene.at(datetime.combine(case.departs_on, time(12), OFFICE_ZONE))
    return filed


@pytest.fixture
def counter(visit, scene, request):
    if "ready" in request.fixturenames:
        request.getfixturevalue("ready")  # on the day of the departure, before the sign-in
    return visit(scene.border())


def passport(filed):
    return filed.worker.drawn.passport_number


def boarding(filed, **other):
    given = {
        "reference": filed.reference,
        "passport": passport(filed),
        "airport": "DEL",
        "destination": "SAU",
    }
    return given | other


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_counter_is_one_field(visit, scene, language):
    page = visit(scene.border(), language).get("/counter/?airport=DEL")

    focused = [each["name"] for each in page.all("input") if "autofocus" in each]
    assert focused == ["number"]


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("by", ["number", "passport"])
def test_green(visit, scene, ready, by, language):
    typed = ready.reference if by == "number" else passport(ready)

    page = visit(scene.border(), language).post(
        "/counter/check", number=typed.lower(), airport="DEL"
    )

    assert "verdict full done" in {each.get("class") for each in page.all("section")}
    assert "/counter/departure" in page.actions


@pytest.mark.parametrize(("state", "words"), [
    ("suspended", "The clearance is suspended."),
    ("cancelled", "The clearance was cancelled."),
    ("expired", "The clearance has expired."),
    ("queued", "No clearance has this number."),
])  # fmt: skip
def test_red(counter, scene, state, words):
    filed = scene.drafts[0]
    lead(scene, filed.reference, state)

    page = counter.post("/counter/check", number=filed.reference, airport="DEL")

    assert "verdict full wrong" in {each.get("class") for each in page.all("section")}
    assert words in page.words
    assert "/counter/departure" not in page.actions


def test_amber_after_the_departure(counter, ready):
    counter.sent("/counter/departure", **boarding(ready))

    page = counter.post("/counter/check", number=ready.reference, airport="DEL")

    assert "verdict full look" in {each.get("class") for each in page.all("section")}
    assert "/counter/departure" not in page.actions


@pytest.mark.parametrize(("typed", "words"), [
    ("", "Scan or type a number."),
    ("EC-2026-RBL-0000000-0",
     "This number is not right. Compare every letter and digit with the paper."),
    ("hello", "A passport number has 1 letter and then 7 digits. Example: Z1234567."),
])  # fmt: skip
def test_what_is_no_number_is_asked_again(counter, typed, words):
    page = counter.post("/counter/check", number=typed, airport="DEL")

    assert words in page.words


def test_a_departure_is_recorded_once(counter, ready):
    target = counter.sent("/counter/departure", **boarding(ready, flight="XX101"))
    again = counter.post("/counter/departure", **boarding(ready))

    with acting(SYSTEM):
        gone = Departure.objects.get()
    assert target == "/counter/?done=departure&airport=DEL"
    assert (gone.flight, row(ready.reference).state) == ("XX101", "used")
    assert "There is one already. Use the record that exists." in again.words


def test_another_passport_turns_green_into_red(counter, ready):
    page = counter.post("/counter/departure", **boarding(ready, passport="Z9999999"))

    assert "The clearance is for another passport." in page.words
    assert row(ready.reference).state == "approved"


def test_the_destination_is_asked_for(counter, ready):
    page = counter.post("/counter/check", number=passport(ready), airport="DEL")
    again = counter.post("/counter/departure", **boarding(ready, destination=""))

    focused = [each["name"] for each in page.all("select") if "autofocus" in each]
    assert focused == ["destination"]
    assert "#id_destination" in again.links
    assert row(ready.reference).state == "approved"


@pytest.mark.parametrize(("language", "name"), [("en", "Saudi Arabia"), ("hi", "सऊदी अरब")])
def test_countries_are_named_in_the_readers_language(visit, scene, ready, language, name):
    page = visit(scene.border(), language).post(
        "/counter/check", number=ready.reference, airport="DEL"
    )

    assert name in page.words


def test_another_destination_turns_green_into_red(counter, ready):
    page = counter.post("/counter/departure", **boarding(ready, destination="ARE"))

    assert "verdict full wrong" in {each.get("class") for each in page.all("section")}
    assert "The clearance is for another country." in page.words
    assert "/counter/departure" not in page.actions
    assert row(ready.reference).state == "approved"


def test_no_insurance_turns_green_into_amber(counter, ready):
    with acting(SYSTEM):
        begins = row(ready.reference).departs_on + timedelta(days=2)
        Policy.objects.filter(pk=ready.policy.pk).update(from_date=begins)

    page = counter.post("/counter/departure", **boarding(ready))

    assert "verdict full look" in {each.get("class") for each in page.all("section")}
    assert "No insurance covers today. Ask the office that gave the clearance." in page.words
    assert "/counter/departure" not in page.actions
    assert row(ready.reference).state == "approved"


def test_an_unknown_airport_is_said_in_plain_words(counter, ready):
    page = counter.post("/counter/departure", **boarding(ready, airport="XXX"))

    assert "Name the airport by its three letters. Example: DEL." in page.words
    assert row(ready.reference).state == "approved"


def test_nobody_is_at_the_first_airport_of_the_list_by_chance(counter, ready):
    page = counter.post("/counter/check", number=ready.reference, airport="")

    assert "Choose your airport." in page.words
    assert "/counter/departure" not in page.actions


def test_the_passport_in_hand_is_needed(counter, ready):
    page = counter.post("/counter/departure", **boarding(ready, passport=""))

    assert "#id_passport" in page.links
    assert row(ready.reference).state == "approved"


def test_what_was_left_out_is_asked_for_before_anything_is_judged(counter, ready):
    """Every line of what went wrong leads to a field that stands on the page."""
    with acting(SYSTEM):
        begins = row(ready.reference).departs_on + timedelta(days=2)
        Policy.objects.filter(pk=ready.policy.pk).update(from_date=begins)

    page = counter.post("/counter/departure", **boarding(ready, passport="", destination=""))

    fields = {f"#{each.get('id')}" for tag in ("input", "select") for each in page.all(tag)}
    asked = {link for link in page.links if link.startswith("#id_")}
    assert asked == {"#id_passport", "#id_destination"}
    assert asked <= fields
    assert "/counter/departure" in page.actions


def test_nothing_is_asked_for_where_nothing_can_be_recorded(counter, scene):
    filed = scene.drafts[1]
    lead(scene, filed.reference, "suspended")

    page = counter.post("/counter/departure", **boarding(filed, passport=""))

    assert not {link for link in page.links if link.startswith("#id_")}
    assert "/counter/departure" not in page.actions


def test_an_off_loading_needs_ground_and_evidence(counter, ready):
    page = counter.post("/counter/off-load", **boarding(ready))
    again = counter.post("/counter/off-load", **boarding(ready, evidence=""))

    assert "What did you see?" in page.words
    assert {"#id_ground", "#id_evidence"} <= set(again.links)
    with acting(SYSTEM):
        assert OffLoad.objects.count() == 0


def test_an_off_loading(counter, ready):
    typed = boarding(ready, ground="visa_mismatch", evidence="The visa names somebody else.")

    target = counter.sent("/counter/off-load", **typed)

    assert target == "/counter/?done=off-load&airport=DEL"
    with acting(SYSTEM):
        assert OffLoad.objects.get().clearance.reference == ready.reference
