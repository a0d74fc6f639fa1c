"""What an agent may take from a worker (Emigration Rules, 1983, r.25)."""

from collections.abc import Iterator

from emigrate.law.engine.figures import Figure, known
from emigrate.law.engine.findings import Finding, figure_unknown, finding
from emigrate.law.india.money import rupees
from emigrate.law.india.question import Question

PERCENT = 100


def charges_within_cap(question: Question) -> Iterator[Finding]:
    """The sum of the heads under the cap may equal the cap, never pass it."""
    if not question.charges:
        return
    cap = known("ra.service_charge.cap", on=question.departs)
    if cap is None:
        yield figure_unknown("ra.service_charge.cap", question.departs)
        return
    total = _under_cap(question)
    if total > cap.value:
        facts = {"total": rupees(total), "cap": rupees(cap.value)}
        yield finding("charges_above_cap", "block", cap, **facts)


def gst_within_rate(question: Question) -> Iterator[Finding]:
    """Tax on the service charge cannot be more than its rate; more hides another charge."""
    rate: Figure | None = known("gst.rate", on=question.departs)
    taken = sum(charge.amount for charge in question.charges if charge.head == "gst")
    if rate is not None and taken * PERCENT > _under_cap(question) * rate.value:
        yield finding("gst_above_rate", "warn", rate, taken=rupees(taken), rate=rate.value)


def _under_cap(question: Question) -> int:
    heads = known("ra.service_charge.heads", on=question.departs)
    counted = heads.value if heads else ()
    return sum(charge.amount for charge in question.charges if charge.head in counted)
