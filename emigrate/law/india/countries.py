"""Bans, barred regions and special conditions of a country (Emigration Act, 1983, ss.30, 31)."""

from collections.abc import Iterator

from emigrate.law.engine.figures import Figure, known
from emigrate.law.engine.findings import Finding, finding
from emigrate.law.india.question import Question


def restriction(question: Question) -> Figure | None:
    """What is known to restrict departures to the country on that day."""
    country = question.journey.country
    if country is None:
        return None
    return known("country.restriction", on=question.departs, country=country)


def full_ban(question: Question) -> Finding | None:
    """The whole country is closed."""
    found = restriction(question)
    if found is None or found.value["kind"] != "full_ban":
        return None
    return _closed(found, str(question.journey.country))


def lesser_restrictions(question: Question) -> Iterator[Finding]:
    """Barred regions, and conditions that an officer must look at; a full ban that is uncertain."""
    found = restriction(question)
    if found is not None:
        yield from restrict(found, str(question.journey.country), question.journey.region)


def restrict(found: Figure, country: str, region: str | None) -> Iterator[Finding]:
    """What a restriction short of a certain full ban means for a region of the country."""
    kind = found.value["kind"]
    if kind == "full_ban" and not found.certain:
        yield _closed(found, country)
    elif kind == "conditional":
        condition = found.value["condition"]
        yield finding("country_conditional", "refer", found, country=country, condition=condition)
    elif kind == "region_ban" and region is None:
        yield finding("region_not_named", "refer", found, country=country)
    elif kind == "region_ban":
        yield from _region(found, country, str(region))


def _region(found: Figure, country: str, region: str) -> Iterator[Finding]:
    """A barred region; one that is spelt as no region of the country is looked at by a person."""
    named = region.strip().casefold()
    if named in _folded(found.value["regions"]):
        yield finding("region_barred", "block", found, country=country, region=region)
    elif named not in _folded(found.value["open"]):
        yield finding("region_not_known", "refer", found, country=country, region=region)


def _folded(names: list[str]) -> set[str]:
    return {name.casefold() for name in names}


def _closed(ban: Figure, country: str) -> Finding:
    return finding("country_prohibited", "block", ban, country=country)
