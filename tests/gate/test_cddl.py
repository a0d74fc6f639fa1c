"""The gate and the issuer's specimen against the CDDL's own text (protocols.md, appendix B)."""

import pytest

from gate import Verdict
from tests.gate.cddl import Definition, published
from tests.gate.specimen import claims, issue, part, world

CLEARANCE = Definition(published())

# fmt: off
OPTIONAL = {
    "no sex": part(169, k9=None), "no country of issue": part(169, k23=None),
    "no insurance": part(-66010, k8=None), "no end of contract": part(-66010, k9=None),
    "category 2": part(-66010, k4=2),
}
MISFITS = {
    "no issuer": {"c1": None}, "issuer a number": {"c1": 7}, "expires as text": {"c4": "2027"},
    "expires before 1970": {"c4": -1}, "a short cti": {"c7": bytes(15)},
    "a long cti": {"c7": bytes(17)},
    "no status": {"c65535": None}, "status without uri": {"c65535": {"status_list": {"idx": 1}}},
    "a negative index": {"c65535": {"status_list": {"idx": -1, "uri": "u"}}},
    "one more in status": {"c65535": {"status_list": {"idx": 1, "uri": "u", "x": 1}}},
    "an unknown claim": {"c99": "x"}, "no name": part(169, k4=None),
    "a short day of birth": part(169, k8="1994022"), "sex 4": part(169, k9=4),
    "sex 0": part(169, k9=0),
    "no nationality": part(169, k13=None), "an unknown part of the person": part(169, k2="x"),
    "version 2": part(-66010, k0=2), "no passport": part(-66010, k2=None),
    "a destination of two letters": part(-66010, k3="SA"), "category 3": part(-66010, k4=3),
    "an occupation as number": part(-66010, k5=7112), "an unknown part": part(-66010, k10="x"),
}
# fmt: on


@pytest.mark.parametrize("changes", [{}, *OPTIONAL.values()], ids=["full", *OPTIONAL])
def test_what_the_definition_allows_the_gate_takes(changes):
    assert CLEARANCE.fits(claims(**changes))
    assert world().check(issue(**changes)).verdict is Verdict.VALID


@pytest.mark.parametrize("changes", MISFITS.values(), ids=MISFITS)
def test_what_the_definition_refuses_the_gate_refuses(changes):
    assert not CLEARANCE.fits(claims(**changes))
    assert world().check(issue(**changes)).verdict is Verdict.INVALID


def test_a_word_that_the_reader_does_not_know_is_an_error():
    with pytest.raises((AssertionError, ValueError)):
        Definition("{ 1: float }")
