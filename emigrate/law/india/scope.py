"""Who needs an emigration clearance (Emigration Act, 1983, ss.2, 22, 30 and 41)."""

from dataclasses import dataclass, replace
from enum import StrEnum

from emigrate.law.engine.figures import Figure, figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.countries import full_ban
from emigrate.law.india.question import Question

WORK = "employment"


class Verdict(StrEnum):
    """Whether the law asks for a clearance."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    NOT_APPLICABLE = "not_applicable"
    PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict, why, and how much of the question the law then judges.

    `emigrant` says that work abroad is being arranged, so agents and charges are judged too;
    `works` that the conditions of work are.
    """

    verdict: Verdict | None
    findings: tuple[Finding, ...] = ()
    emigrant: bool = True
    works: bool = True

    @property
    def needs_clearance(self) -> bool:
        """Whether the conditions of a clearance are judged; so also while no country is named."""
        return self.works and self.verdict in (None, Verdict.REQUIRED, Verdict.PROHIBITED)


def ruling(question: Question) -> Ruling:
    """The verdict; None without a country. What is left out exempts nobody."""
    if question.journey.country is None:
        return _without_country(question)
    reason = _no_emigrant(question)
    if reason:
        return Ruling(Verdict.NOT_APPLICABLE, (reason,), emigrant=False)
    ban = full_ban(question)
    if ban and ban.severity == "block":
        work = not _visits(question)
        return Ruling(Verdict.PROHIBITED, (ban,), emigrant=work, works=work)
    reason = _no_work(question)
    if reason:
        return Ruling(Verdict.NOT_REQUIRED, (reason,), emigrant=False)
    found = _by_country_and_passport(question, question.journey.country)
    return _visit(question, found) if _visits(question) else found


def _without_country(question: Question) -> Ruling:
    """No verdict; but who needs no clearance wherever the journey goes is not judged as if."""
    reason = _no_emigrant(question) or _no_work(question)
    if reason is None and not _visits(question):
        return Ruling(None)
    return Ruling(None, (reason,) if reason else (), emigrant=False, works=False)


def _visits(question: Question) -> bool:
    return question.journey.purpose not in (None, WORK)


def _visit(question: Question, found: Ruling) -> Ruling:
    """A visit that may have needed a clearance in its day: nothing of work is judged in it."""
    findings = found.findings
    if found.verdict is Verdict.REQUIRED:
        purposes, purpose = figure("ec.purposes", on=question.departs), question.journey.purpose
        findings += (finding("purpose_uncertain", "refer", purposes, purpose=purpose),)
    return replace(found, findings=findings, emigrant=False, works=False)


def _no_emigrant(question: Question) -> Finding | None:
    citizens = figure("emigrant.citizens", on=question.departs)
    nationality = question.person.nationality
    if nationality is not None and nationality not in citizens.value:
        return finding("not_citizen", "note", citizens)
    abroad = figure("emigrant.years_abroad", on=question.departs)
    years = question.person.years_abroad_since_18
    if years is not None and years >= abroad.value:
        return finding("lived_abroad", "note", abroad, years=abroad.value)
    return None


def _no_work(question: Question) -> Finding | None:
    dependants = figure("emigrant.dependants", on=question.departs)
    if question.journey.dependant and not dependants.value:
        if question.journey.purpose == WORK:
            return finding("dependant_works", "refer", dependants)
        return finding("dependant_joins", "note", dependants)
    purposes = figure("ec.purposes", on=question.departs)
    purpose = question.journey.purpose
    if purpose is not None and purpose not in purposes.value:
        return finding("purpose_not_work", "warn", purposes, purpose=purpose)
    return None


def _by_country_and_passport(question: Question, country: str) -> Ruling:
    day = question.departs
    listed = known("country.ec_required", on=day, country=country)
    if listed is None:
        return Ruling(Verdict.REQUIRED, (figure_unknown("country.ec_required", day),))
    if not listed.value:
        reason = finding("country_exempt", "note", listed, country=country)
        return Ruling(Verdict.NOT_REQUIRED, (reason,))
    special = _special(question, country)
    if special:
        return Ruling(Verdict.REQUIRED, (special,))
    exempt = figure("ec.exempt_passports", on=day)
    if question.passport.category in exempt.value:
        reason = finding("passport_exempt", "note", exempt, country=country)
        return Ruling(Verdict.NOT_REQUIRED, (reason,))
    reason = finding("clearance_required", "note", listed, country=country)
    return Ruling(Verdict.REQUIRED, (reason,))


def _special(question: Question, country: str) -> Finding | None:
    """Countries and occupations for which the passport's category does not count."""
    every = figure("country.any_passport", on=question.departs, country=country)
    if every.value:
        return finding("every_passport", "note", every, country=country)
    nurses = figure("nurses.ec_required", on=question.departs)
    if nurses.value and is_nurse(question):
        return finding("nurse_needs_clearance", "note", nurses, country=country)
    return None


def notified(question: Question) -> Figure | None:
    """The figure that makes work in the country need a clearance; None when it does not."""
    if question.journey.country is None:
        return None
    listed = known("country.ec_required", on=question.departs, country=question.journey.country)
    return listed if listed and listed.value else None


def is_nurse(question: Question) -> bool:
    """Whether the job is a nurse's."""
    nurses = figure("occupation.special", on=question.departs, kind="nurse")
    return question.job.occupation in nurses.value


def is_domestic(question: Question) -> bool:
    """Whether the job is domestic service."""
    domestic = figure("occupation.special", on=question.departs, kind="domestic")
    return question.job.occupation in domestic.value
