"""The law of India on emigration for work, as dated figures and pure rules."""

from emigrate.law.engine.figures import all_figures, diff, figure
from emigrate.law.engine.findings import Finding
from emigrate.law.india.answer import Answer, answer
from emigrate.law.india.employers import domestic_guarantee
from emigrate.law.india.question import (
    Agent,
    BadQuestion,
    Charge,
    Employer,
    Insurance,
    Job,
    Journey,
    Passport,
    Person,
    Question,
    Wage,
    parse_question,
)
from emigrate.law.india.refunds import money_back
from emigrate.law.india.windows import (
    appeal_window,
    clearance_validity,
    demand_expiry,
    duplicate_open,
    renewal_window,
    service_days,
    suspension_standing,
)

__all__ = [
    "Agent",
    "Answer",
    "BadQuestion",
    "Charge",
    "Employer",
    "Finding",
    "Insurance",
    "Job",
    "Journey",
    "Passport",
    "Person",
    "Question",
    "Wage",
    "all_figures",
    "answer",
    "appeal_window",
    "clearance_validity",
    "demand_expiry",
    "diff",
    "domestic_guarantee",
    "duplicate_open",
    "figure",
    "money_back",
    "parse_question",
    "renewal_window",
    "service_days",
    "suspension_standing",
]
