"""Asking for the jobs that speak with the insurer, in the running transaction.

Jobs of one policy run one at a time; asking twice is harmless, because each looks at the state.
"""

from emigrate.foundation import jobs


def ask_insurer(reference: str) -> None:
    """Send the proposal, or ask where the insurer's decision stands."""
    _later("insurance.propose", reference)


def tell_insurer(reference: str) -> None:
    """Tell the insurer that a policy is cancelled."""
    _later("insurance.cancel", reference)


def _later(name: str, reference: str) -> None:
    jobs.later(name, queue=jobs.PARTNERS, lock=f"insurance:{reference}", reference=reference)
