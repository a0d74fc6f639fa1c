"""Every operation of the API and the permission that it asks for, on one table.

The permission is asked twice: of the role when the token is read (a role that never may is told
so at once), and of the row by the action or query itself. An operation that is not in the table
does not start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

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


Permission: TypeAlias = str | Public | SignedIn

REGISTER = Public("reference data, the same for everybody")
OFFLINE = Public("what an offline gate needs; signed, without personal data")
OPERATIONS = Public("for the machines that watch this one")

# fmt: off
PERMISSIONS: Mapping[str, Permission] = {
    # about oneself, and accounts
    "GET /v1/me":                                                   SignedIn("who I am"),
    "GET /v1/tokens":                                               "session.view",
    "POST /v1/tokens":                                              "membership.use",
    "POST /v1/tokens/{token}/revoke":                               "session.view",
    "GET /v1/organisations":                                        "organisation.view",
    "POST /v1/organisations":                                       "organisation.administer",
    "POST /v1/users":                                               "user.administer",
    "POST /v1/users/{user}/suspend":                                "user.administer",
    "GET /v1/memberships":                                          "membership.view",
    "POST /v1/memberships":                                         "membership.administer",
    "POST /v1/memberships/{membership}/end":                        "membership.administer",
    "POST /v1/staff":                                               "user.add_staff",
    "GET /v1/bulk/{bulk}":                                          "bulk_request.view",
    "GET /v1/notifications":                                        "notification.view",
    "POST /v1/notifications/{notification}/seen":                   "notification.view",
    # agents
    "GET /v1/public/agents":                                        Public("is this agent real?"),
    "GET /v1/agents":                                               "agent.view",
    "GET /v1/agents/{reference}":                                   "agent.view",
    "POST /v1/agents/{reference}/suspend":                          "agent.suspend",
    "POST /v1/agents/{reference}/extend-suspension":                "agent.suspend",
    "POST /v1/agents/{reference}/restore":                          "agent.suspend",
    "POST /v1/agents/{reference}/cancel":                           "agent.cancel",
    "POST /v1/agents/{reference}/surrender":                        "agent.surrender",
    "POST /v1/agents/{reference}/capacity-tranches":                "capacity_tranche.file",
    "GET /v1/capacity-tranches":                                    "capacity_tranche.view",
    "GET /v1/capacity-tranches/{reference}":                        "capacity_tranche.view",
    "POST /v1/capacity-tranches/{reference}/confirm-guarantee":     "capacity_tranche.examine",
    "POST /v1/capacity-tranches/{reference}/grant":                 "capacity_tranche.decide",
    "POST /v1/capacity-tranches/{reference}/refuse":                "capacity_tranche.decide",
    "GET /v1/agent-applications":                                   "agent_application.view",
    "GET /v1/agent-applications/{reference}":                       "agent_application.view",
    "POST /v1/agent-applications":                                  "agent_application.file",
    "POST /v1/agent-applications/{reference}/correct":              "agent_application.file",
    "POST /v1/agent-applications/{reference}/papers":               "agent_application.file",
    "POST /v1/agent-applications/{reference}/submit":               "agent_application.file",
    "POST /v1/agent-applications/{reference}/confirm-fee":          "agent_application.confirm",
    "POST /v1/agent-applications/{reference}/answer":               "agent_application.file",
    "POST /v1/agent-applications/{reference}/withdraw":             "agent_application.file",
    "POST /v1/agent-applications/{reference}/give-guarantee":       "agent_application.file",
    "POST /v1/agent-applications/{reference}/take-up":              "agent_application.scrutinise",
    "POST /v1/agent-applications/{reference}/query":                "agent_application.scrutinise",
    "POST /v1/agent-applications/{reference}/order-inspection":     "agent_application.scrutinise",
    "POST /v1/agent-applications/{reference}/report-inspection":    "agent_application.scrutinise",
    "POST /v1/agent-applications/{reference}/report-police":        "agent_application.forward",
    "POST /v1/agent-applications/{reference}/forward":              "agent_application.forward",
    "POST /v1/agent-applications/{reference}/examine":              "agent_application.examine",
    "POST /v1/agent-applications/{reference}/query-further":        "agent_application.examine",
    "POST /v1/agent-applications/{reference}/call-security":        "agent_application.decide",
    "POST /v1/agent-applications/{reference}/confirm-guarantee":    "agent_application.examine",
    "POST /v1/agent-applications/{reference}/return-guarantee":     "agent_application.examine",
    "POST /v1/agent-applications/{reference}/issue":                "agent_application.decide",
    "POST /v1/agent-applications/{reference}/reject":               "agent_application.decide",
    "GET /v1/queues/agent-applications":                            "agent_application.view",
    "GET /v1/queues/agent-examinations":                            "agent_application.view",
    # employers
    "GET /v1/employers":                                            "employer.view",
    "GET /v1/employers/{reference}":                                "employer.view",
    "GET /v1/employers/{reference}/contact":                        "employer.contact",
    "POST /v1/employers":                                           "employer.file",
    "POST /v1/employers/{reference}/send-code":                     "employer.file",
    "POST /v1/employers/{reference}/verify-email":                  "employer.file",
    "POST /v1/employers/{reference}/papers":                        "employer.file",
    "POST /v1/employers/{reference}/correct":                       "employer.file",
    "POST /v1/employers/{reference}/submit":                        "employer.file",
    "POST /v1/employers/{reference}/answer":                        "employer.file",
    "POST /v1/employers/{reference}/renew":                         "employer.file",
    "POST /v1/employers/{reference}/take-up":                       "employer.verify",
    "POST /v1/employers/{reference}/query":                         "employer.verify",
    "POST /v1/employers/{reference}/send-to-check":                 "employer.verify",
    "POST /v1/employers/{reference}/record-check":                  "employer.verify",
    "POST /v1/employers/{reference}/approve":                       "employer.decide",
    "POST /v1/employers/{reference}/reject":                        "employer.decide",
    "POST /v1/employers/{reference}/reactivate":                    "employer.decide",
    "POST /v1/employers/{reference}/watch":                         "employer.propose",
    "POST /v1/employers/{reference}/blacklist":                     "employer.propose",
    "POST /v1/employers/{reference}/clear":                         "employer.propose",
    "GET /v1/queues/employers":                                     "employer.verify",
    # demands
    "GET /v1/demands":                                              "demand.view",
    "GET /v1/demands/{reference}":                                  "demand.view",
    "POST /v1/demands":                                             "demand.file",
    "POST /v1/demands/{reference}/submit":                          "demand.file",
    "POST /v1/demands/{reference}/answer":                          "demand.file",
    "POST /v1/demands/{reference}/amend":                           "demand.file",
    "POST /v1/demands/{reference}/cancel":                          "demand.file",
    "POST /v1/demands/{reference}/take-up":                         "demand.decide",
    "POST /v1/demands/{reference}/query":                           "demand.decide",
    "POST /v1/demands/{reference}/approve":                         "demand.decide",
    "POST /v1/demands/{reference}/reject":                          "demand.decide",
    "GET /v1/queues/demands":                                       "demand.decide",
    "GET /v1/allotments":                                           "allotment.view",
    "POST /v1/allotments":                                          "demand.file",
    "POST /v1/allotments/{allotment}/acknowledge":                  "allotment.answer",
    "POST /v1/allotments/{allotment}/decline":                      "allotment.answer",
    "POST /v1/allotments/{allotment}/release":                      "allotment.release",
    "POST /v1/attorneys/{attorney}/revoke":                         "demand.file",
    # emigrants
    "GET /v1/emigrants":                                            "emigrant.view",
    "GET /v1/emigrants/{reference}":                                "emigrant.view",
    "GET /v1/emigrants/{reference}/passports":                      "emigrant.view",
    "GET /v1/emigrants/{reference}/links":                          "emigrant.view",
    "GET /v1/readings":                                             SignedIn("who read my record"),
    "POST /v1/emigrants":                                           "emigrant.file",
    "POST /v1/emigrants/bulk":                                      "emigrant.file",
    "POST /v1/emigrants/search":                                    "emigrant.open",
    "POST /v1/emigrants/find":                                      "emigrant.view",
    "POST /v1/emigrants/{reference}/open":                          "emigrant.open",
    "POST /v1/emigrants/{reference}/correct":                       "emigrant.file",
    "POST /v1/emigrants/{reference}/passports":                     "emigrant.file",
    "POST /v1/emigrants/{reference}/ask-registry":                  "emigrant.file",
    "POST /v1/emigrants/{reference}/send-code":                     "emigrant.consent",
    "POST /v1/emigrants/{reference}/link":                          "emigrant.consent",
    "POST /v1/emigrants/{reference}/unlink":                        "emigrant.consent",
    "POST /v1/emigrants/{reference}/years-abroad":                  "emigrant.check",
    "POST /v1/emigrants/{reference}/hold":                          "emigrant.decide",
    "POST /v1/emigrants/{reference}/clear":                         "emigrant.decide",
    "POST /v1/emigrants/{reference}/merge":                         "emigrant.decide",
    "POST /v1/emigrants/{reference}/record-death":                  "emigrant.death",
    "POST /v1/passports/{passport}/settle":                         "emigrant.decide",
    "GET /v1/doubts":                                               "emigrant.decide",
    "POST /v1/doubts/{doubt}/decide":                               "emigrant.decide",
    # contracts
    "GET /v1/contracts":                                            "contract.view",
    "GET /v1/contracts/{reference}":                                "contract.view",
    "GET /v1/contracts/{reference}/comparison":                     "contract.view",
    "POST /v1/contracts":                                           "contract.draft",
    "POST /v1/contracts/{reference}/revise":                        "contract.draft",
    "POST /v1/contracts/{reference}/sign":                          "contract.sign",
    "POST /v1/contracts/{reference}/offer":                         "contract.draft",
    "POST /v1/contracts/{reference}/read-back":                     "contract.consent",
    "POST /v1/contracts/{reference}/consent":                       "contract.consent",
    "POST /v1/contracts/{reference}/decline":                       "contract.consent",
    "POST /v1/contracts/{reference}/withdraw":                      "contract.consent",
    "POST /v1/contracts/{reference}/lock":                          "contract.lock",
    "POST /v1/contracts/{reference}/void":                          "contract.void",
    # payments
    "GET /v1/payments":                                             "payment.view",
    "GET /v1/payments/{reference}":                                 "payment.view",
    "POST /v1/payments/{reference}/confirm":                        "payment.pay",
    "POST /v1/payments/{reference}/refund":                         "payment.refund",
    "POST /v1/payments/{reference}/close":                          "payment.reconcile",
    "GET /v1/receipts":                                             "payment.view",
    "GET /v1/charges":                                              "charge.view",
    "POST /v1/charges":                                             "charge.record",
    "POST /v1/charges/{charge}/answer":                             "charge.answer",
    # insurance
    "GET /v1/policies":                                             "policy.view",
    "GET /v1/policies/{reference}":                                 "policy.view",
    "POST /v1/policies":                                            "policy.quote",
    "POST /v1/policies/{reference}/drop":                           "policy.quote",
    "POST /v1/policies/{reference}/life-cover":                     "policy.quote",
    "POST /v1/policies/{reference}/cancel":                         "policy.cancel",
    "POST /v1/policies/{reference}/look-again":                     "policy.cancel",
    # documents
    "GET /v1/documents":                                            "document.view",
    "GET /v1/documents/{reference}":                                "document.view",
    "POST /v1/documents":                                           "document.file",
    "POST /v1/documents/{reference}/open":                          "document.open",
    "POST /v1/documents/{reference}/release":                       "document.release",
    "POST /v1/documents/{reference}/refuse":                        "document.release",
    "GET /v1/queues/documents":                                     "document.release",
    # clearances
    "GET /v1/clearances":                                           "clearance.view",
    "GET /v1/clearances/{reference}":                               "clearance.view",
    "GET /v1/clearances/{reference}/history":                       "clearance.view",
    "GET /v1/clearances/{reference}/qr":                            "credential.paper",
    "GET /v1/clearances/{reference}/paper":                         "credential.paper",
    "POST /v1/clearances":                                          "clearance.file",
    "POST /v1/clearances/bulk":                                     "clearance.file",
    "POST /v1/clearances/{reference}/fee":                          "payment.pay",
    "POST /v1/clearances/{reference}/submit":                       "clearance.file",
    "POST /v1/clearances/{reference}/answer":                       "clearance.file",
    "POST /v1/clearances/{reference}/withdraw":                     "clearance.withdraw",
    "POST /v1/clearances/{reference}/take-up":                      "clearance.scrutinise",
    "POST /v1/clearances/{reference}/put-back":                     "clearance.scrutinise",
    "POST /v1/clearances/{reference}/query":                        "clearance.scrutinise",
    "POST /v1/clearances/{reference}/refer":                        "clearance.scrutinise",
    "POST /v1/clearances/{reference}/advise":                       "clearance.advise",
    "POST /v1/clearances/{reference}/hold":                         "clearance.decide",
    "POST /v1/clearances/{reference}/release":                      "clearance.decide",
    "POST /v1/clearances/{reference}/approve":                      "clearance.decide",
    "POST /v1/clearances/{reference}/reject":                       "clearance.decide",
    "POST /v1/clearances/{reference}/suspend":                      "clearance.revoke",
    "POST /v1/clearances/{reference}/restore":                      "clearance.revoke",
    "POST /v1/clearances/{reference}/cancel":                       "clearance.revoke",
    "GET /v1/queues/clearances":                                    "clearance.scrutinise",
    "GET /v1/queues/clearances/mine":                               "clearance.scrutinise",
    "POST /v1/queues/clearances/next":                              "clearance.scrutinise",
    # departures
    "POST /v1/counter/check":                                       "departure.check",
    "GET /v1/departures":                                           "departure.view",
    "POST /v1/departures":                                          "departure.record",
    "POST /v1/clearances/{reference}/arrival":                      "departure.arrive",
    "POST /v1/clearances/{reference}/return":                       "departure.return",
    "GET /v1/off-loads":                                            "off_load.view",
    "POST /v1/off-loads":                                           "off_load.record",
    # what anybody may read
    "GET /v1/reference/countries/{code}":                           REGISTER,
    "GET /v1/reference/occupations/{code}":                         REGISTER,
    "GET /v1/reference/offices":                                    REGISTER,
    "GET /v1/reference/missions":                                   REGISTER,
    "GET /v1/root":                                                 OFFLINE,
    "GET /v1/trust-list":                                           OFFLINE,
    "GET /v1/status-lists/{name}":                                  OFFLINE,
    "GET /v1/openapi.json":                                         Public("what this API is"),
    "GET /v1/health/live":                                          OPERATIONS,
    "GET /v1/health/ready":                                         OPERATIONS,
}

UNKEYED: Mapping[str, str] = {
    "POST /v1/counter/check":             "a question; a body keeps numbers out of addresses",
    "POST /v1/emigrants/search":          "a question; every person shown is recorded as read",
    "POST /v1/emigrants/find":            "a question; a body keeps numbers out of addresses",
    "POST /v1/emigrants/{reference}/open": "a reading; asked twice it is recorded twice",
    "POST /v1/documents/{reference}/open": "a reading; asked twice it is recorded twice",
}
"""POSTs without an Idempotency-Key: they change nothing but the record of who read."""
# fmt: on

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
