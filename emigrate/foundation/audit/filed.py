"""Who filed on a case, as its leaves say: evidence that nobody can take back."""

import json
from typing import TYPE_CHECKING, Any

from emigrate.foundation.actors import Actor
from emigrate.foundation.cases import Case
from emigrate.foundation.models import AuditLeaf

if TYPE_CHECKING:  # type checking
    from emigrate.foundation.workflow import Workflow


def filed(workflow: "Workflow[Any]", case: Case, *, actor: Actor) -> bool:
    """Whether the actor's account did on this case what is no judgement, in whatever role.

    A leaf is read by those who see its case, and its pseudonym is the database's own word
    (`foundation/database/guards.py`), so whoever may take a step sees all of them.
    """
    leaves = AuditLeaf.objects.filter(stream=workflow.name, case_id=case.pk)
    entries = leaves.exclude(event__in=workflow.judgements).values_list("entry", flat=True)
    accounts = {json.loads(bytes(entry))["actor"].partition(":")[2] for entry in entries}
    return str(actor.user_id) in accounts
