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
from emigrate.domains.agents.queries.register import PublicAgent, RegisterAnswer, public_register

__all__ = [
    "Officer",
    "PublicAgent",
    "RegisterAnswer",
    "agent",
    "agents_for",
    "application",
    "applications_for",
    "examination_queue",
    "guarantees_for",
    "officers",
    "open_officers",
    "open_pan",
    "public_register",
    "scrutiny_queue",
    "sealed_officers",
    "sealed_pan",
    "standing",
    "tranche",
    "tranches_for",
]
