import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emigrate.foundation.identifiers.mrz import (
    Fault,
    InvalidMrz,
    Passport,
    check_digit,
    parse_td3,
    write_td3,
)
from tests.shared import shared_path

TODAY = date(2026, 11, 22)
SPECIMEN = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)
INDIAN = Passport(
    number="Z1234567",
    issuer="IND",
    nationality="IND",
    surname="SAMPLE",
    given_names="RAM KUMAR",
    birth=date(1994, 3, 9),
    sex="M",
    expiry=date(2031, 1, 31),
)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
names = st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=1, max_size=2).map(" ".join)
passports = st.builds(
    Passport,
    number=st.from_regex(r"[A-Z][0-9]{7}", fullmatch=True),
    issuer=st.just("IND"),
    nationality=st.sampled_from(["IND", "D"]),
    surname=names,
    given_names=st.one_of(st.just(""), names),
    birth=st.one_of(st.none(), st.dates(date(1927, 1, 1), TODAY)),
    sex=st.sampled_from("MFX"),
    expiry=st.dates(date(1977, 1, 1), date(2076, 12, 31)),
    optional=st.one_of(st.just(""), st.from_regex(r"[A-Z0-9]{1,14}", fullmatch=True)),
).map(lambda passport: passport if passport.birth else replace(passport, birth_written="<<<<<<"))


def codes(text):
    with pytest.raises(InvalidMrz) as refusal:
        parse_td3(text, today=TODAY)
    return refusal.value.faults


def test_check_digits_of_the_published_examples():
    published = json.loads(shared_path("vectors/known-answers/known-answers.json").read_text())

    examples = published["mrz"]["check_digits"]

    assert {text: check_digit(text) for text in examples} == examples


def test_the_published_passport_specimen_is_read_and_written():
    published = json.loads(shared_path("vectors/known-answers/known-answers.json").read_text())
    lines = "\n".join(published["mrz"]["lines"]["TD3"])

    passport = parse_td3(lines, today=TODAY)

    assert write_td3(passport) == lines
    assert passport == Passport(
        number="L898902C3",
        issuer="UTO",
        nationality="UTO",
        surname="ERIKSSON",
        given_names="ANNA MARIA",
        birth=date(1974, 8, 12),
        sex="F",
        expiry=date(2012, 4, 15),
        optional="ZE184226B",
    )


@given(passports)
def test_what_is_written_is_read_again(passport):
    assert parse_td3(write_td3(passport), today=TODAY) == passport


@given(passports, st.data())
def test_every_wrong_digit_in_a_checked_field_is_found(passport, data):
    first, second = write_td3(passport).split("\n")
    checked = [*range(10), *range(13, 20), *range(21, 44)]
    places = [at for at in checked if second[at].isdigit()]
    at = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789".replace(second[at], "")))

    faults = codes(f"{first}\n{second[:at]}{digit}{second[at + 1 :]}")

    assert faults[0].code.startswith("mrz_")


@given(passports, st.data())
def test_a_wrong_letter_in_the_number_is_found_unless_ten_apart(passport, data):
    first, second = write_td3(passport).split("\n")
    near = [letter for letter in LETTERS if (ord(letter) - ord(second[0])) % 10]
    letter = data.draw(st.sampled_from(near))

    faults = codes(f"{first}\n{letter}{second[1:]}")

    assert [fault.code for fault in faults] == ["mrz_check_number", "mrz_check_composite"]


def test_an_indian_number_of_eight_characters_is_padded_with_one_filler():
    second = write_td3(INDIAN).split("\n")[1]

    assert second[:10] == "Z1234567<" + check_digit("Z1234567<")


@pytest.mark.parametrize(
    "written,today,birth",
    [
        ("261122", date(2026, 11, 22), date(2026, 11, 22)),
        ("261123", date(2026, 11, 22), date(1926, 11, 23)),
        ("000229", date(2026, 11, 22), date(2000, 2, 29)),
        ("991231", date(2026, 11, 22), date(1999, 12, 31)),
        ("261123", date(2027, 1, 1), date(2026, 11, 23)),
    ],
)
def test_a_birth_date_is_never_after_today(written, today, birth):
    lines = write_td3(replace(INDIAN, birth=None, birth_written=written))

    assert parse_td3(lines, today=today).birth == birth


@pytest.mark.parametrize(
    "expiry", [date(1999, 1, 1), date(2026, 1, 1), date(2036, 11, 21), date(2076, 1, 1)]
)
def test_an_expiry_date_lies_near_today(expiry):
    lines = write_td3(replace(INDIAN, expiry=expiry))

    assert parse_td3(lines, today=TODAY).expiry == expiry


def test_unknown_parts_of_a_birth_date_are_kept_as_written():
    lines = write_td3(replace(INDIAN, birth=None, birth_written="94<<<<"))

    passport = parse_td3(lines, today=TODAY)

    assert (passport.birth, passport.birth_written) == (None, "94<<<<")


@pytest.mark.parametrize(
    "surname,given_names,field",
    [
        ("SAMPLE", "RAM KUMAR", "SAMPLE<<RAM<KUMAR<<<<<<<<<<<<<<<<<<<<<<"),
        ("", "RAMESH", "RAMESH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("O'Neill-Brown", "Zoë", "ONEILL<BROWN<<ZOE<<<<<<<<<<<<<<<<<<<<<<"),
        ("MÜLLER", "JÖRG", "MUELLER<<JOERG<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("A" * 45, "RAM", "A" * 36 + "<<R"),
        ("SAMPLE", "B" * 45, "SAMPLE<<" + "B" * 31),
    ],
)
def test_names_are_transliterated_and_cut_to_fit(surname, given_names, field):
    lines = write_td3(replace(INDIAN, surname=surname, given_names=given_names))

    assert lines[5:44] == field


def test_a_name_printed_without_a_surname_is_a_given_name():
    second = write_td3(INDIAN).split("\n")[1]

    passport = parse_td3("P<IND" + "<<RAMESH<KUMAR".ljust(39, "<") + second, today=TODAY)

    assert (passport.surname, passport.given_names) == ("", "RAMESH KUMAR")


def test_spaces_small_letters_and_a_missing_line_break_are_tolerated():
    typed = SPECIMEN.replace("\n", "").lower().replace("f12", " f12 ")

    assert write_td3(parse_td3(typed, today=TODAY)) == SPECIMEN


@pytest.mark.parametrize(
    "text,faults",
    [
        ("", (Fault("mrz_length", 1, 1),)),
        (SPECIMEN[:44], (Fault("mrz_length", 2, 1),)),
        (SPECIMEN[:-2], (Fault("mrz_length", 2, 43),)),
        (SPECIMEN + "\nX", (Fault("mrz_length", 1, 45),)),
        (SPECIMEN.replace("ANNA", "AN%A"), (Fault("mrz_character", 1, 18),)),
        (SPECIMEN.replace("ANNA", "ANN4"), (Fault("mrz_name", 1, 6),)),
        ("V" + SPECIMEN[1:], (Fault("mrz_document", 1, 1),)),
        (SPECIMEN.replace("2F1", "2Q1"), (Fault("mrz_sex", 2, 21),)),
        (SPECIMEN[:-1] + "1", (Fault("mrz_check_composite", 2, 44),)),
        (
            SPECIMEN.replace("7408122", "7408123"),
            (Fault("mrz_check_birth", 2, 20), Fault("mrz_check_composite", 2, 44)),
        ),
        (
            SPECIMEN.replace("1204159", "1204158"),
            (Fault("mrz_check_expiry", 2, 28), Fault("mrz_check_composite", 2, 44)),
        ),
        (
            SPECIMEN.replace("ZE184226B", "ZE184226C"),
            (Fault("mrz_check_optional", 2, 43), Fault("mrz_check_composite", 2, 44)),
        ),
    ],
)
def test_every_fault_has_its_code_and_position(text, faults):
    assert codes(text) == faults


def test_days_that_do_not_exist_are_found():
    lines = write_td3(replace(INDIAN, birth=None, birth_written="940231"))

    assert codes(lines) == (Fault("mrz_birth", 2, 14),)


def test_an_expiry_without_a_day_is_found():
    first, second = write_td3(INDIAN).split("\n")
    wrong = second[:21] + "310231" + check_digit("310231") + second[28:43]
    composite = wrong[:10] + wrong[13:20] + wrong[21:43]

    faults = codes(f"{first}\n{wrong}{check_digit(composite)}")

    assert faults == (Fault("mrz_expiry", 2, 22),)


@pytest.mark.parametrize("changes", [{"surname": "राम"}, {"number": "Z12345678901"}])
def test_what_has_no_place_in_the_lines_is_refused(changes):
    with pytest.raises(InvalidMrz):
        write_td3(replace(INDIAN, **changes))


def test_a_refusal_does_not_repeat_the_lines():
    with pytest.raises(InvalidMrz) as refusal:
        parse_td3(SPECIMEN[:-1] + "1", today=TODAY)

    assert str(refusal.value) == "mrz_check_composite"
