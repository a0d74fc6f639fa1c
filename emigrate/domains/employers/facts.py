"""What speaks against a registration, as findings for the Mission: the officer decides."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from emigrate.domains.employers.enums import EXPECTED_PAPERS, EmployerKind, Paper
from emigrate.domains.employers.models import Employer
from emigrate.law.current import pack

Finding = dict[str, object]


def verification_findings(case: Employer, *, on: date) -> list[Finding]:
    """Warnings about a registration as of a day; kept in the leaf of the step that saw them."""
    return list(_findings(case, on))


def _findings(case: Employer, on: date) -> Iterator[Finding]:
    expected = EXPECTED_PAPERS[EmployerKind(case.kind)]
    for paper in expected:
        if paper not in case.papers:
            words = _("No document is attached for: %(paper)s.") % {"paper": Paper(paper).label}
            yield _finding("paper_missing", "warn", words, paper=paper)
    if case.complaint_pending:
        yield _finding("complaint_pending", "refer", _("A complaint of an Indian worker is open."))
    if case.valid_until is None:
        yield _finding("licence_end_unknown", "warn", _("No last day of the licence was given."))
    most = pack().figure("fe.small.max_per_year", on=on)
    if case.small and case.indian_workers > most.value:
        text = _("More workers from India than a small employer takes in a year (%(most)s).")
        yield _finding(
            "small_employer_large", "refer", text % {"most": most.value}, figure=most.key
        )


def _finding(code: str, severity: str, text: object, **facts: str) -> Finding:
    return {"code": code, "severity": severity, "text": str(text), **facts}
