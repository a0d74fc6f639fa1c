"""All that the reference's appendix D asks to tell is told or says why not, and has words."""

import ast
import re
from pathlib import Path

import emigrate.domains
from emigrate.domains.notifications.queries import WORDS
from tests.shared import shared_path

DOMAINS = Path(emigrate.domains.__file__).parent
EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
TELLS = {"Notice", "told", "_told", "_tell", "tell_emigrant"}
BY_STATE = {
    "clearance.suspended", "clearance.cancelled", "clearance.approved",
    "employer.prior_approval", "employer.blacklisted", "employer.active",
    "contract.agent_suspended", "contract.agent_cancelled",
    "demand.agent_suspended", "demand.agent_cancelled",
}  # fmt: skip
"""Told by a name made of the new state (f-strings), which no reader of the source can see."""


def table():
    """The README's rows: what is asked for -> our events, or the reason."""
    rows = {}
    for line in (DOMAINS / "notifications" / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 2:
            rows[cells[0]] = cells[1]
    return {asked: answer for asked, answer in rows.items() if asked not in {"asked for", "---"}}


def told_in_source():
    """Every event given as a plain text to something that tells, or listed to be told."""
    found = set()
    for path in DOMAINS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TELLS:
                found |= {text for text in _texts(node) if EVENT.fullmatch(text)}
            if isinstance(node, ast.Assign | ast.AugAssign) and path.name != "queries.py":
                found |= {text for text in _texts(node) if text in WORDS}
    return found


def _texts(node):
    """The plain texts below a node; the halves of a text that is put together are none."""
    halves = {
        id(half)
        for each in ast.walk(node)
        if isinstance(each, ast.JoinedStr)
        for half in each.values
    }
    return {
        each.value
        for each in ast.walk(node)
        if id(each) not in halves and isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def test_the_table_is_the_appendix():
    reference = shared_path("domain", "reference.md").read_text("utf-8")
    appendix = reference.split("## D. Notification events", 1)[1].split("\n", 2)[1]

    asked = [phrase.strip(" .") for phrase in appendix.split(";")]

    assert asked == list(table())


def test_each_is_told_or_says_why_not():
    events = {
        asked: set(re.findall(r"`([a-z_]+\.[a-z_]+)`", told)) for asked, told in table().items()
    }

    silent = {asked for asked, names in events.items() if not names}

    assert {asked for asked in silent if not table()[asked].startswith("not yet: ")} == set()
    assert set().union(*events.values()) - told_in_source() - BY_STATE == set()


def test_everything_told_has_words_and_every_word_is_told():
    assert told_in_source() | BY_STATE == set(WORDS)
