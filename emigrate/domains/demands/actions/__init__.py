"""The verbs of a demand: filing, the Mission's decision, allotment, and the vacancies."""

from emigrate.domains.demands.actions.allot import (
    acknowledge_allotment,
    allot,
    decline_allotment,
    release_allotment,
    revoke_attorney,
)
from emigrate.domains.demands.actions.decide import (
    answer_query,
    approve_demand,
    query_demand,
    reject_demand,
    take_up_demand,
)
from emigrate.domains.demands.actions.file import (
    NewDemand,
    NewLine,
    amend_demand,
    cancel_demand,
    draft_demand,
    submit_demand,
)
from emigrate.domains.demands.actions.vacancies import (
    expire_demands,
    give_back_vacancy,
    take_vacancy,
)

__all__ = [
    "NewDemand",
    "NewLine",
    "acknowledge_allotment",
    "allot",
    "amend_demand",
    "answer_query",
    "approve_demand",
    "cancel_demand",
    "decline_allotment",
    "draft_demand",
    "expire_demands",
    "give_back_vacancy",
    "query_demand",
    "reject_demand",
    "release_allotment",
    "revoke_attorney",
    "submit_demand",
    "take_up_demand",
    "take_vacancy",
]
