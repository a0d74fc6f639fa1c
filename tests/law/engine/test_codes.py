"""The code lists hold what the world publishes."""

import csv

from emigrate.law.engine.codes import countries, currencies, nationalities, occupations
from tests.shared import shared_path


def test_sizes() -> None:
    assert (len(countries()), len(occupations())) == (249, 436)


def test_three_decimal_currencies() -> None:
    three = {code for code, digits in currencies().items() if digits == 3}

    assert three == {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def test_people_without_a_country_have_a_nationality_code() -> None:
    assert nationalities() - countries() == {"XXA", "XXB", "XXC", "XXX"}


def test_occupations_are_those_of_the_published_index() -> None:
    path = shared_path("data", "isco08_index", "isco08_isco88_index_titles.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        published = {row["isco08"] for row in csv.DictReader(file) if row["isco08"]}

    unknown = {code for code in published if len(code) == 4 and code not in occupations()}

    # 0001 is the index's own entry for apprentices without a trade, no unit group.
    assert unknown == {"0001"}
