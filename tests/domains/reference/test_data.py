import csv
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from emigrate.domains import reference
from emigrate.foundation.names import name_words
from tests.shared import shared_path

DATA = Path(reference.__file__).parent / "data"
TABLES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.csv"))
KEYS = {
    "airports.csv": ("iata",),
    "countries.csv": ("alpha2",),
    "districts.csv": ("lgd_code",),
    "jurisdictions.csv": ("state_code", "district_code"),
    "languages.csv": ("code",),
    "missions.csv": ("code",),
    "occupation_labels.csv": ("label",),
    "occupations.csv": ("isco08",),
    "offices.csv": ("code",),
    "replay/assumptions.csv": ("subject", "country", "category"),
    "replay/by_country_2024.csv": ("country",),
    "replay/by_state_2024.csv": ("state_code",),
    "replay/ec_by_year.csv": ("year",),
    "replay/given_names.csv": ("latin", "devanagari"),
    "replay/surnames.csv": ("latin",),
    "states.csv": ("lgd_code",),
}
NOTIFIED_CURRENCIES = {
    "AED": 2, "AFN": 2, "BHD": 3, "IDR": 2, "INR": 2, "IQD": 3, "IRR": 2, "JOD": 3, "KWD": 3,
    "LBP": 2, "LYD": 3, "MYR": 2, "OMR": 3, "QAR": 2, "SAR": 2, "SDG": 2, "SSP": 2, "SYP": 2,
    "THB": 2, "YER": 2,
}  # fmt: skip


def table(name):
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def column(name, field):
    return [row[field] for row in table(name)]


def published(*parts):
    with shared_path("data", *parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_has_a_known_key():
    assert set(TABLES) == set(KEYS)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_clean(name):
    rows, text = table(name), (DATA / name).read_text(encoding="utf-8")

    keys = Counter(tuple(row[field] for field in KEYS[name]) for row in rows)

    assert [key for key, count in keys.items() if count > 1] == []
    assert [row for row in rows if None in row or None in row.values()] == []
    assert [cell for row in rows for cell in row.values() if cell != cell.strip()] == []
    assert (text == unicodedata.normalize("NFC", text), "\r" in text) == (True, False)


def test_the_readme_counts_the_rows_of_every_table():
    lines = (DATA / "README.md").read_text(encoding="utf-8").splitlines()

    cells = [line.split("|") for line in lines if line.startswith("| `") and ".csv`" in line]

    counted = {cell[1].strip(" `"): int(cell[2].replace(",", "")) for cell in cells}
    assert counted == {Path(each).name: len(table(each)) for each in TABLES}


def test_countries_are_all_of_iso_3166():
    rows = table("countries.csv")

    assert len(rows) == len({row["alpha3"] for row in rows}) == 249
    assert {(len(row["alpha2"]), len(row["alpha3"])) for row in rows} == {(2, 3)}
    assert [row["alpha2"] for row in rows if not row["hindi"]] == []


def test_currencies_carry_their_minor_digits():
    rows = [row for row in table("countries.csv") if row["currency"]]

    assert {row["currency"]: int(row["minor_digits"]) for row in rows} == NOTIFIED_CURRENCIES
    assert [row["dial"] for row in rows if not row["dial"].startswith("+")] == []


def test_states_are_those_of_the_directory():
    directory = published("lgd_india", "1-state.csv")

    ours = {
        (row["lgd_code"], row["name"].upper(), row["kind"][0].upper())
        for row in table("states.csv")
    }

    theirs = {
        (row["State Code"], row["State Name"].removeprefix("THE "), row["State or UT"])
        for row in directory
    }
    assert ours == {(code, name, kind) for code, name, kind in theirs}


def test_gst_codes_differ_from_lgd_codes_in_three_places():
    rows = table("states.csv")

    different = {
        row["lgd_code"]: row["gst_code"]
        for row in rows
        if int(row["gst_code"]) != int(row["lgd_code"])
    }

    assert different == {"28": "37", "37": "38", "38": "26"}


def test_districts_are_those_of_the_directory():
    directory = published("lgd_india", "2-district.csv")

    ours = {
        (row["state_code"], row["lgd_code"], row["name"].upper()) for row in table("districts.csv")
    }

    theirs = {
        (row["State Code"], row["District Code"], " ".join(row["District Name"].upper().split()))
        for row in directory
    }
    assert (ours, len(ours)) == (theirs, 763)


def test_every_district_stands_in_a_known_state():
    assert set(column("districts.csv", "state_code")) == set(column("states.csv", "lgd_code"))


def test_every_place_has_exactly_one_office():
    rows = table("jurisdictions.csv")
    states = [row["state_code"] for row in rows if not row["district_code"]]
    districts = {row["lgd_code"]: row["state_code"] for row in table("districts.csv")}

    exceptions = {row["district_code"]: row["state_code"] for row in rows if row["district_code"]}

    assert sorted(states) == sorted(column("states.csv", "lgd_code"))
    assert {code: districts[code] for code in exceptions} == exceptions
    assert {row["office"] for row in rows} == set(column("offices.csv", "code"))


@pytest.mark.parametrize(
    "name", ["airports.csv", "jurisdictions.csv", "missions.csv", "offices.csv"]
)
def test_what_we_did_not_verify_is_marked(name):
    marks = set(column(name, "confidence"))

    assert marks <= {"reported", "general_knowledge", "uncertain"}
    assert [
        row for row in table(name) if row["confidence"] == "reported" and not row["source"]
    ] == []


def test_airports_and_offices_stand_in_known_states():
    states = set(column("states.csv", "lgd_code"))

    used = {*column("airports.csv", "state_code"), *column("offices.csv", "state_code")}

    assert used - states == set()


def test_posts_and_weekends_cover_the_destinations():
    destinations = {row["alpha2"] for row in table("countries.csv") if row["currency"]} - {"IN"}
    calendars = yaml.safe_load((DATA / "calendars.yaml").read_text(encoding="utf-8"))

    assert set(column("missions.csv", "country")) == destinations
    assert set(calendars["weekends"]) == destinations | {"IN"}


def test_weekends_are_days_of_the_week_in_order_of_time():
    calendars = yaml.safe_load((DATA / "calendars.yaml").read_text(encoding="utf-8"))

    for spans in calendars["weekends"].values():
        starts = [span["from"] for span in spans]
        assert starts == sorted(starts)
        assert [span for span in spans if not set(span["days"]) <= set(range(7))] == []


def test_national_holidays_are_the_three_of_fixed_date():
    calendars = yaml.safe_load((DATA / "calendars.yaml").read_text(encoding="utf-8"))

    days = [(each["month"], each["day"]) for each in calendars["holidays"]["every_year"]]

    assert days == [(1, 26), (8, 15), (10, 2)]


def test_occupations_are_unit_groups_with_the_published_title():
    labels = published("esco_isco_multilingual", "isco_groups_labels_by_language.csv")
    titles = {row["code"]: row["en"] for row in labels}

    rows = table("occupations.csv")

    assert {row["isco08"]: row["title"] for row in rows} == {
        row["isco08"]: titles[row["isco08"]] for row in rows
    }
    assert {row["skill_level"] for row in rows if row["isco08"][0] == "9"} == {"1"}
    assert set(column("occupation_labels.csv", "isco08")) <= {row["isco08"] for row in rows}


def test_languages_are_the_eighth_schedule_with_english_and_arabic():
    rows = table("languages.csv")

    assert Counter(row["eighth_schedule"] for row in rows) == {"yes": 22, "no": 2}
    assert {row["code"] for row in rows if row["direction"] == "rtl"} == {"ar", "ks", "sd", "ur"}


def test_yearly_figures_are_the_published_ones():
    figures = published("india_parliament_figures", "ec_issued_by_year.csv")
    theirs = {row["year"][:4]: row["emigration_clearances_ecr"] for row in figures}

    ours = {row["year"]: row["clearances"] for row in table("replay/ec_by_year.csv")}

    assert {year: ours[year] for year in theirs} == theirs
    assert sum(int(ours[str(year)]) for year in range(2020, 2025)) == 1_385_630


@pytest.mark.parametrize("name", ["replay/by_country_2024.csv", "replay/by_state_2024.csv"])
def test_shares_of_2024_sum_to_the_published_total(name):
    year = {row["year"]: int(row["clearances"]) for row in table("replay/ec_by_year.csv")}

    rows = table(name)

    assert sum(int(row["clearances"]) for row in rows) == year["2024"]
    assert {row["basis"] for row in rows} <= {"published", "derived", "assumption"}
    assert [row for row in rows if not row["derivation"]] == []


def test_states_and_countries_of_the_replay_are_known():
    destinations = {row["alpha2"] for row in table("countries.csv") if row["currency"]} - {"IN"}

    assert set(column("replay/by_country_2024.csv", "country")) == destinations
    assert set(column("replay/by_state_2024.csv", "state_code")) <= set(
        column("states.csv", "lgd_code")
    )


def test_assumed_shares_sum_to_one_and_say_that_they_are_assumed():
    rows = table("replay/assumptions.csv")
    totals = defaultdict(Decimal)
    for row in rows:
        totals[row["subject"], row["country"]] += Decimal(row["share"])

    assert set(totals.values()) == {Decimal(1)}
    assert [row["category"] for row in rows if row["basis"] != "assumption"] == ["agent"]


def test_assumed_trades_are_known_occupations():
    trades = {
        row["category"] for row in table("replay/assumptions.csv") if row["subject"] == "trade"
    }

    assert trades - set(column("occupations.csv", "isco08")) == set()


@pytest.mark.parametrize("name", ["replay/given_names.csv", "replay/surnames.csv"])
def test_names_stand_in_both_scripts(name):
    rows = table(name)

    alike = sum(name_words(row["latin"])[:1] == name_words(row["devanagari"])[:1] for row in rows)

    assert alike / len(rows) > 0.85


def test_given_names_come_from_the_corpus_and_keep_its_licence():
    corpus = shared_path("data", "indian_names_parallel", "names.tsv").read_text(encoding="utf-8")
    lines = set(unicodedata.normalize("NFC", corpus).splitlines())

    ours = [f"{row['latin']}\t{row['devanagari']}" for row in table("replay/given_names.csv")]

    licence = shared_path("data", "indian_names_parallel", "LICENSE").read_bytes()
    assert [line for line in ours if line not in lines] == []
    assert (DATA / "replay/LICENSE-names.txt").read_bytes() == licence
