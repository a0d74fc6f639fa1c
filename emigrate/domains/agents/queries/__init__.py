"""Reads of agents: the cases, and the public register."""

from emigrate.domains.agents.queries.cases import (
    Officer,
    agent,
    agents_for,
    application,
    applications_for,
    examination_queue,
    guarantees_for,
    officers,
    open_officers,
    open_pan,
    scrutiny_queue,
    sealed_officers,
    sealed_pan,
    standing,
    tranche,
    tranches_for,
)
from emigrate.domains.agents.queries.recruiting import (
    AgentBarred,
    barred,
    require_agency_recruits,
    require_recruits,
)
from emigrate.domains.agents.queries.register import PublicAgent, RegisterAnswer, public_register

__all__ = [
    "AgentBarred",
    "Officer",
    "PublicAgent",
    "RegisterAnswer",
    "agent",
    "agents_for",
    "application",
    "applications_for",
    "barred",
    "examination_queue",
    "guarantees_for",
    "officers",
    "open_officers",
    "open_pan",
    "public_register",
    "require_agency_recruits",
    "require_recruits",
    "scrutiny_queue",
    "sealed_officers",
    "sealed_pan",
    "standing",
    "tranche",
    "tranches_for",
]
