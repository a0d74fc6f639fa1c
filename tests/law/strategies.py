"""Questions of every shape, as hypothesis strategies of the command's JSON."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from emigrate.law.engine.codes import currencies
from emigrate.law.india.question import (
    AGENT_STATUS,
    EMPLOYER_STATUS,
    HEADS,
    PURPOSES,
    matters,
)

COUNTRIES = ("ARE", "SAU", "KWT", "QAT", "IRN", "IRQ", "LBY", "AFG", "YEM", "MYS", "DEU", "USA")
OCCUPATIONS = ("9111", "5152", "2221", "3221", "7115", "9313", "9211", "2411")


def day(first: date, last: date) -> st.SearchStrategy[str]:
    """A day as text."""
    return st.dates(first, last).map(date.isoformat)


def part(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of which any member may be left out."""
    return st.fixed_dictionaries({}, optional=members)


AMOUNT = st.one_of(
    st.integers(0, 60_000), st.decimals(0, 60_000, places=2, allow_nan=False).map(str)
)
COUNT = st.integers(0, 300)
CHARGE = st.fixed_dictionaries({"head": st.sampled_from(HEADS), "amount": AMOUNT})
WAGE = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 5000),
        "currency": st.sampled_from(sorted(currencies())),
        "period": st.just("month"),
    }
)
SOON = day(date(1984, 1, 1), date(2199, 12, 31))
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "person": part(
        born=day(date(1920, 1, 1), date(1983, 12, 31)),
        sex=st.sampled_from("MFX"),
        nationality=st.sampled_from(("IND", "IND", "IND", "NPL")),
        years_abroad_since_18=st.integers(0, 5),
    ),
    "passport": part(category=st.sampled_from(("ECR", "ECNR")), expires=SOON),
    "journey": part(
        country=st.sampled_from(COUNTRIES),
        region=st.sampled_from(("IQ-NI", "Erbil")),
        purpose=st.sampled_from(("employment",) * 3 + PURPOSES),
        departs=SOON,
        dependant=st.booleans(),
    ),
    "job": part(
        occupation=st.sampled_from(OCCUPATIONS),
        months=st.integers(1, 600),
        wage=WAGE,
        clauses=st.lists(st.sampled_from(matters())),
    ),
    "route": st.sampled_from(("agent", "employer", "project", "self")),
    "agent": part(
        category=st.sampled_from(("normal", "small")),
        status=st.sampled_from(AGENT_STATUS),
        valid_until=SOON,
        workers_used=COUNT,
        capacity=COUNT,
        state_agency=st.booleans(),
    ),
    "employer": part(
        status=st.sampled_from(EMPLOYER_STATUS),
        small=st.booleans(),
        workers_this_year=COUNT,
        mission_approved=st.booleans(),
        guarantee=st.booleans(),
    ),
    "charges": st.lists(CHARGE, max_size=6),
    "insurance": part(
        **{"from": SOON, "to": SOON, "sum": st.integers(0, 2_000_000), "life_cover": AMOUNT}
    ),
}
QUESTIONS = st.fixed_dictionaries({"on": day(date(1984, 1, 1), date(2040, 12, 31))}, optional=PARTS)
