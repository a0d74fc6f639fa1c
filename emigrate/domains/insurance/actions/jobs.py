"""Asking for the jobs that speak with the insurer, in the running transaction.

Jobs of one policy run one at a time; asking twice is harmless, because each looks at the state.
"""

from datetime import date

from emigrate.foundation import jobs


def ask_insurer(reference: str) -> None:
    """Send the proposal, or ask where the insurer's decision stands."""
    _later("insurance.propose", reference)


def tell_insurer(reference: str) -> None:
    """Tell the insurer that a policy is cancelled."""
    _later("insurance.cancel", reference)


def confirm_policy(reference: str) -> None:
    """Ask whether a policy in force still stands at the insurer."""
    _later("insurance.confirm", reference)


def fetch_paper(reference: str) -> None:
    """Fetch the paper of an issued policy."""
    name = "insurance.fetch_paper"
    jobs.later(
        name,
        queue=jobs.PAPERS,
        once=f"{name}:{reference}",
        lock=_lock(reference),
        reference=reference,
    )


def reconcile_day(day: date) -> None:
    """Compare a day with the insurer's list of it."""
    name, text = "insurance.reconcile", day.isoformat()
    lock = f"insurance:day:{text}"
    jobs.later(name, queue=jobs.PARTNERS, once=f"{name}:{text}", lock=lock, day=text)


def _later(name: str, reference: str) -> None:
    jobs.later(name, queue=jobs.PARTNERS, lock=_lock(reference), reference=reference)


def _lock(reference: str) -> str:
    return f"insurance:{reference}"
