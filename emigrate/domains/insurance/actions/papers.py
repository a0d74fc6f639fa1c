"""The paper of a policy: asked for until it is here, kept once as a document of the person."""

from datetime import timedelta

from emigrate.domains.insurance.actions.disputes import locked
from emigrate.domains.insurance.actions.jobs import fetch_paper
from emigrate.domains.insurance.models import Policy
from emigrate.domains.insurance.policies import POLICY_POLICY
from emigrate.domains.insurance.queries import without_paper
from emigrate.domains.insurance.workflow import POLICY
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import action, now

AT_ONCE = 500
REFUSED_FOR = timedelta(days=1)
"""After a paper that could not be kept, it is not asked for again so long."""


@action
def ask_for_papers(*, actor: Actor) -> int:
    """Let the missing papers of policies in force be fetched; how many are asked for."""
    POLICY_POLICY.require_role(actor, "ask")
    rows = without_paper(actor, refused_before=now() - REFUSED_FOR)
    references = list(rows.values_list("reference", flat=True)[:AT_ONCE])
    for reference in references:
        fetch_paper(reference)
    return len(references)


@action
def record_paper(reference: str, document_reference: str, *, actor: Actor) -> Policy:
    """The paper lies among the documents under this reference; once."""
    case = locked(reference, actor)
    if case.document_reference:
        return case
    return POLICY.amend(
        "policy.paper_kept", case, actor=actor, document_reference=document_reference
    )


@action
def record_paper_refused(reference: str, *, actor: Actor) -> None:
    """The insurer gave no paper that can be kept; it is asked again after a day."""
    POLICY_POLICY.require_role(actor, "ask")
    Policy.objects.filter(reference=reference).update(paper_refused_at=now())
