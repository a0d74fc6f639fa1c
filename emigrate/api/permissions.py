"""Every operation of the API and the permission that it asks for, on one table.

The permission is asked twice: of the role when the token is read (a role that never may is told
so at once), and of the row by the action or query itself. An operation that is not in the table
does not start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from emigrate.foundation.actors import Actor
from emigrate.foundation.policy import POLICIES


@dataclass(frozen=True, slots=True)
class Public:
    """Anybody may, without a token; the reason is part of the table."""

    reason: str

    def __str__(self) -> str:
        return f"public: {self.reason}"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Everybody who is signed in may: about oneself alone."""

    reason: str

    def __str__(self) -> str:
        return f"signed in: {self.reason}"


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A partner may, by the signature on its request; everybody else is refused."""

    partner: str

    def __str__(self) -> str:
        return f"signed by the partner: {self.partner}"


V = TypeVar("V")
Permission: TypeAlias = str | Public | SignedIn

REGISTER = Public("reference data, the same for everybody")
OFFLINE = Public("what an offline gate needs; signed, without personal data")
OPERATIONS = Public("for the machines that watch this one")

# fmt: off
_OPERATIONS: Mapping[str, Permission] = {
    # about oneself, and accounts
    "GET /me":                                                   SignedIn("who I am"),
    "GET /tokens":                                               "session.view",
    "POST /tokens":                                              "membership.use",
    "POST /tokens/{token}/revoke":                               "session.view",
    "GET /organisations":                                        "organisation.view",
    "POST /organisations":                                       "organisation.administer",
    "POST /users":                                               "user.administer",
    "POST /users/{user}/suspend":                                "user.administer",
    "GET /memberships":                                          "membership.view",
    "POST /memberships":                                         "membership.administer",
    "POST /memberships/{membership}/end":                        "membership.administer",
    "POST /staff":                                               "user.add_staff",
    "GET /bulk/{bulk}":                                          "bulk_request.view",
    "GET /notifications":                                        "notification.view",
    "POST /notifications/{notification}/seen":                   "notification.view",
    # agents
    "GET /public/agents":                                        Public("is this agent real?"),
    "GET /agents":                                               "agent.view",
    "GET /agents/{reference}":                                   "agent.view",
    "POST /agents/{reference}/suspend":                          "agent.suspend",
    "POST /agents/{reference}/extend-suspension":                "agent.suspend",
    "POST /agents/{reference}/restore":                          "agent.suspend",
    "POST /agents/{reference}/cancel":                           "agent.cancel",
    "POST /agents/{reference}/surrender":                        "agent.surrender",
    "POST /agents/{reference}/capacity-tranches":                "capacity_tranche.file",
    "GET /capacity-tranches":                                    "capacity_tranche.view",
    "GET /capacity-tranches/{reference}":                        "capacity_tranche.view",
    "POST /capacity-tranches/{reference}/confirm-guarantee":     "capacity_tranche.examine",
    "POST /capacity-tranches/{reference}/grant":                 "capacity_tranche.decide",
    "POST /capacity-tranches/{reference}/refuse":                "capacity_tranche.decide",
    "GET /agent-applications":                                   "agent_application.view",
    "GET /agent-applications/{reference}":                       "agent_application.view",
    "POST /agent-applications":                                  "agent_application.file",
    "POST /agent-applications/{reference}/correct":              "agent_application.file",
    "POST /agent-applications/{reference}/papers":               "agent_application.file",
    "POST /agent-applications/{reference}/submit":               "agent_application.file",
    "POST /agent-applications/{reference}/answer":               "agent_application.file",
    "POST /agent-applications/{reference}/withdraw":             "agent_application.file",
    "POST /agent-applications/{reference}/give-guarantee":       "agent_application.file",
    "POST /agent-applications/{reference}/take-up":              "agent_application.scrutinise",
    "POST /agent-applications/{reference}/query":                "agent_application.scrutinise",
    "POST /agent-applications/{reference}/order-inspection":     "agent_application.scrutinise",
    "POST /agent-applications/{reference}/report-inspection":    "agent_application.scrutinise",
    "POST /agent-applications/{reference}/report-police":        "agent_application.forward",
    "POST /agent-applications/{reference}/forward":              "agent_application.forward",
    "POST /agent-applications/{reference}/examine":              "agent_application.examine",
    "POST /agent-applications/{reference}/query-further":        "agent_application.examine",
    "POST /agent-applications/{reference}/call-security":        "agent_application.decide",
    "POST /agent-applications/{reference}/confirm-guarantee":    "agent_application.examine",
    "POST /agent-applications/{reference}/return-guarantee":     "agent_application.examine",
    "POST /agent-applications/{reference}/issue":                "agent_application.decide",
    "POST /agent-applications/{reference}/reject":               "agent_application.decide",
    "GET /queues/agent-applications":                            "agent_application.view",
    "GET /queues/agent-examinations":                            "agent_application.view",
    # employers
    "GET /employers":                                            "employer.view",
    "GET /employers/{reference}":                                "employer.view",
    "GET /employers/{reference}/contact":                        "employer.contact",
    "POST /employers":                                           "employer.file",
    "POST /employers/{reference}/send-code":                     "employer.file",
    "POST /employers/{reference}/verify-email":                  "employer.file",
    "POST /employers/{reference}/papers":                        "employer.file",
    "POST /employers/{reference}/correct":                       "employer.file",
    "POST /employers/{reference}/submit":                        "employer.file",
    "POST /employers/{reference}/answer":                        "employer.file",
    "POST /employers/{reference}/renew":                         "employer.file",
    "POST /employers/{reference}/take-up":                       "employer.verify",
    "POST /employers/{reference}/query":                         "employer.verify",
    "POST /employers/{reference}/send-to-check":                 "employer.verify",
    "POST /employers/{reference}/record-check":                  "employer.verify",
    "POST /employers/{reference}/approve":                       "employer.decide",
    "POST /employers/{reference}/reject":                        "employer.decide",
    "POST /employers/{reference}/reactivate":                    "employer.decide",
    "POST /employers/{reference}/watch":                         "employer.propose",
    "POST /employers/{reference}/blacklist":                     "employer.propose",
    "POST /employers/{reference}/clear":                         "employer.propose",
    "GET /queues/employers":                                     "employer.verify",
    # demands
    "GET /demands":                                              "demand.view",
    "GET /demands/{reference}":                                  "demand.view",
    "POST /demands":                                             "demand.file",
    "POST /demands/{reference}/submit":                          "demand.file",
    "POST /demands/{reference}/answer":                          "demand.file",
    "POST /demands/{reference}/amend":                           "demand.file",
    "POST /demands/{reference}/cancel":                          "demand.file",
    "POST /demands/{reference}/take-up":                         "demand.decide",
    "POST /demands/{reference}/query":                           "demand.decide",
    "POST /demands/{reference}/approve":                         "demand.decide",
    "POST /demands/{reference}/reject":                          "demand.decide",
    "GET /queues/demands":                                       "demand.decide",
    "GET /allotments":                                           "allotment.view",
    "POST /allotments":                                          "demand.file",
    "POST /allotments/{allotment}/acknowledge":                  "allotment.answer",
    "POST /allotments/{allotment}/decline":                      "allotment.answer",
    "POST /allotments/{allotment}/release":                      "allotment.release",
    "POST /attorneys/{attorney}/revoke":                         "demand.file",
    # emigrants
    "GET /emigrants":                                            "emigrant.view",
    "GET /emigrants/{reference}":                                "emigrant.view",
    "GET /emigrants/{reference}/passports":                      "emigrant.view",
    "GET /emigrants/{reference}/links":                          "emigrant.view",
    "GET /readings":                                             SignedIn("who read my record"),
    "POST /emigrants":                                           "emigrant.file",
    "POST /emigrants/bulk":                                      "emigrant.file",
    "POST /emigrants/search":                                    "emigrant.open",
    "POST /emigrants/find":                                      "emigrant.view",
    "POST /emigrants/{reference}/open":                          "emigrant.open",
    "POST /emigrants/{reference}/correct":                       "emigrant.file",
    "POST /emigrants/{reference}/passports":                     "emigrant.file",
    "POST /emigrants/{reference}/ask-registry":                  "emigrant.file",
    "POST /emigrants/{reference}/send-code":                     "emigrant.ask",
    "POST /emigrants/{reference}/link":                          "emigrant.consent",
    "POST /emigrants/{reference}/unlink":                        "emigrant.consent",
    "POST /emigrants/{reference}/years-abroad":                  "emigrant.check",
    "POST /emigrants/{reference}/hold":                          "emigrant.decide",
    "POST /emigrants/{reference}/clear":                         "emigrant.decide",
    "POST /emigrants/{reference}/merge":                         "emigrant.decide",
    "POST /emigrants/{reference}/record-death":                  "emigrant.death",
    "POST /passports/{passport}/settle":                         "emigrant.decide",
    "GET /doubts":                                               "emigrant.decide",
    "POST /doubts/{doubt}/decide":                               "emigrant.decide",
    # contracts
    "GET /contracts":                                            "contract.view",
    "GET /contracts/{reference}":                                "contract.view",
    "GET /contracts/{reference}/comparison":                     "contract.view",
    "POST /contracts":                                           "contract.draft",
    "POST /contracts/{reference}/revise":                        "contract.draft",
    "POST /contracts/{reference}/sign":                          "contract.sign",
    "POST /contracts/{reference}/offer":                         "contract.draft",
    "POST /contracts/{reference}/read-back":                     "contract.consent",
    "POST /contracts/{reference}/consent":                       "contract.consent",
    "POST /contracts/{reference}/decline":                       "contract.consent",
    "POST /contracts/{reference}/withdraw":                      "contract.consent",
    "POST /contracts/{reference}/lock":                          "contract.lock",
    "POST /contracts/{reference}/void":                          "contract.void",
    "POST /contracts/{reference}/annul":                         "contract.annul",
    # payments
    "GET /payments":                                             "payment.view",
    "GET /payments/{reference}":                                 "payment.view",
    "GET /queues/payments":                                      "payment.refund",
    "POST /payments/{reference}/confirm":                        "payment.pay",
    "POST /payments/{reference}/refund":                         "payment.refund",
    "POST /payments/{reference}/keep":                           "payment.refund",
    "POST /payments/{reference}/close":                          "payment.reconcile",
    "GET /receipts":                                             "payment.view",
    "GET /charges":                                              "charge.view",
    "POST /charges":                                             "charge.record",
    "POST /charges/{charge}/answer":                             "charge.answer",
    # insurance
    "GET /policies":                                             "policy.view",
    "GET /policies/{reference}":                                 "policy.view",
    "POST /policies":                                            "policy.quote",
    "POST /policies/{reference}/drop":                           "policy.quote",
    "POST /policies/{reference}/life-cover":                     "policy.quote",
    "POST /policies/{reference}/cancel":                         "policy.cancel",
    "POST /policies/{reference}/look-again":                     "policy.cancel",
    "GET /claims":                                               "claim.view",
    "GET /insurance/reconciliations":                            "reconciliation.view",
    # documents
    "GET /documents":                                            "document.view",
    "GET /documents/{reference}":                                "document.view",
    "POST /documents":                                           "document.file",
    "POST /documents/{reference}/open":                          "document.open",
    "POST /documents/{reference}/release":                       "document.release",
    "POST /documents/{reference}/refuse":                        "document.release",
    "GET /queues/documents":                                     "document.release",
    # clearances
    "GET /clearances":                                           "clearance.view",
    "GET /clearances/{reference}":                               "clearance.view",
    "GET /clearances/{reference}/history":                       "clearance.view",
    "GET /clearances/{reference}/qr":                            "credential.paper",
    "GET /clearances/{reference}/paper":                         "credential.paper",
    "POST /clearances":                                          "clearance.file",
    "POST /clearances/bulk":                                     "clearance.file",
    "POST /clearances/{reference}/fee":                          "payment.pay",
    "POST /clearances/{reference}/submit":                       "clearance.file",
    "POST /clearances/{reference}/answer":                       "clearance.file",
    "POST /clearances/{reference}/redate":                       "clearance.file",
    "POST /clearances/{reference}/withdraw":                     "clearance.withdraw",
    "POST /clearances/{reference}/take-up":                      "clearance.scrutinise",
    "POST /clearances/{reference}/put-back":                     "clearance.scrutinise",
    "POST /clearances/{reference}/query":                        "clearance.scrutinise",
    "POST /clearances/{reference}/refer":                        "clearance.scrutinise",
    "POST /clearances/{reference}/advise":                       "clearance.advise",
    "POST /clearances/{reference}/reassign":                     "clearance.reassign",
    "POST /clearances/{reference}/hold":                         "clearance.decide",
    "POST /clearances/{reference}/release":                      "clearance.decide",
    "POST /clearances/{reference}/approve":                      "clearance.decide",
    "POST /clearances/{reference}/reject":                       "clearance.decide",
    "POST /clearances/{reference}/suspend":                      "clearance.suspend",
    "POST /clearances/{reference}/restore":                      "clearance.restore",
    "POST /clearances/{reference}/uphold":                       "clearance.restore",
    "POST /clearances/{reference}/cancel":                       "clearance.cancel",
    "GET /queues/clearances":                                    "clearance.scrutinise",
    "GET /queues/clearances/again":                              "clearance.restore",
    "GET /queues/clearances/mine":                               "clearance.scrutinise",
    "POST /queues/clearances/next":                              "clearance.scrutinise",
    # departures
    "POST /counter/check":                                       "departure.check",
    "GET /departures":                                           "departure.view",
    "POST /departures":                                          "departure.record",
    "POST /clearances/{reference}/arrival":                      "departure.arrive",
    "POST /clearances/{reference}/return":                       "departure.return",
    "GET /off-loads":                                            "off_load.view",
    "POST /off-loads":                                           "off_load.record",
    # what anybody may read
    "GET /reference/countries/{code}":                           REGISTER,
    "GET /reference/occupations/{code}":                         REGISTER,
    "GET /reference/offices":                                    REGISTER,
    "GET /reference/missions":                                   REGISTER,
    "GET /root":                                                 OFFLINE,
    "GET /trust-list":                                           OFFLINE,
    "GET /status-lists/{name}":                                  OFFLINE,
    "GET /openapi.json":                                         Public("what this API is"),
    "GET /health/live":                                          OPERATIONS,
    "GET /health/ready":                                         OPERATIONS,
}

_UNKEYED: Mapping[str, str] = {
    "POST /counter/check":             "a question; a body keeps numbers out of addresses",
    "POST /emigrants/search":          "a question; every person shown is recorded as read",
    "POST /emigrants/find":            "a question; a body keeps numbers out of addresses",
    "POST /emigrants/{reference}/open": "a reading; asked twice it is recorded twice",
    "POST /documents/{reference}/open": "a reading; asked twice it is recorded twice",
}
# fmt: on


def _by_route(table: Mapping[str, V]) -> dict[tuple[str, str], V]:
    routes = (name.split(" ", 1) for name in table)
    return {(method, path): table[f"{method} {path}"] for method, path in routes}


PERMISSIONS: Mapping[tuple[str, str], Permission] = _by_route(_OPERATIONS)
"""Method and path (under /v1) -> permission."""

CALLBACKS: Mapping[str, SignedBy] = {
    "/callbacks/passport-registry": SignedBy("passport_registry"),
    "/callbacks/insurer": SignedBy("insurer"),
}
"""Address -> the partner that may tell us something there (POST alone)."""

UNKEYED: Mapping[tuple[str, str], str] = _by_route(_UNKEYED)
"""POSTs without an Idempotency-Key: they change nothing but the record of who read."""

FOR_LIFE = (
    "/clearances",
    "/queues/clearances",
    "/departures",
    "/off-loads",
    "/payments",
    "/charges",
    "/policies",
)
"""Money and clearances: their answers are kept as long as the object."""


def lifelong(path: str) -> bool:
    """Whether an operation's kept answer never expires."""
    return path.startswith(FOR_LIFE)


def require_role(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted when the actor's role never holds the permission."""
    if isinstance(permission, str):
        subject, _, name = permission.partition(".")
        POLICIES[subject].require_role(actor, name)
