"""`emigrate law` through the console script: output, exit codes, start."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emigrate.law.engine import country
from emigrate.ops.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
TOO_LOW = {
    "on": "2020-10-10",
    "journey": {"country": "ARE", "purpose": "employment"},
    "job": {"wage": {"amount": "700", "currency": "AED", "period": "month"}},
}


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put bytes on standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


def asked(say: Any, question: object) -> None:
    say(json.dumps(question).encode())


def test_ask_answers_with_json(say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    asked(say, TOO_LOW)

    code = main(["law", "ask"])

    found = json.loads(capsys.readouterr().out)
    assert code == 0
    assert list(found) == ["verdict", "allowed", "findings"]
    assert (found["verdict"], found["allowed"]) == ("required", False)
    assert found["findings"][0] == {
        "code": "wage_below_floor",
        "severity": "block",
        "figure": "mrw",
        "value": {"USD": 20000, "AED": 73500},
        "valid_from": "2020-09-08",
        "reference": "Circular of the Ministry of External Affairs, 8 Sep 2020, "
        "on minimum referral wages",
        "text": "The wage of 700.00 AED a month is below the minimum referral wage of 735.00 AED.",
    }


def test_ask_in_hindi(say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    asked(say, TOO_LOW)

    main(["law", "ask", "--lang", "hi"])

    found = json.loads(capsys.readouterr().out)["findings"][0]["text"]
    assert found == "700.00 AED मासिक वेतन न्यूनतम वेतन 735.00 AED से कम है।"


def test_ask_in_a_language_without_texts(say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    asked(say, TOO_LOW)

    code = main(["law", "ask", "--lang", "xx"])

    assert code == 2
    assert json.loads(capsys.readouterr().out) == {
        "errors": [
            {
                "pointer": "",
                "code": "unknown_language",
                "message": 'There is no language "xx"; choose one of: en, hi.',
            }
        ]
    }


def test_bad_input_in_hindi(say: Any, capsys: pytest.CaptureFixture[str]) -> None:
    say(b'{"on": "2026-02-30", "x": 1}')

    code = main(["law", "ask", "--lang", "hi"])

    errors = json.loads(capsys.readouterr().out)["errors"]
    assert code == 2
    assert [(error["pointer"], error["code"]) for error in errors] == [
        ("/on", "bad_date"),
        ("/x", "unknown_key"),
    ]
    assert errors[1]["message"] == "ऐसी कोई कुंजी नहीं है।"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("", "not_json")),
        (b"\xff\xfe", ("", "not_utf8")),
        (b" " * 300_000, ("", "too_large")),
        (b"{}", ("/on", "missing")),
        (b'{"on": "2026-01-10", "on": "2026-01-10"}', ("/on", "duplicate_key")),
    ],
)
def test_bad_input_is_told_on_standard_output(
    content: bytes, expected: tuple[str, str], say: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    say(content)

    code = main(["law", "ask"])

    found = json.loads(capsys.readouterr().out)
    assert (code, list(found)) == (2, ["errors"])
    assert sorted(found["errors"][0]) == ["code", "message", "pointer"]
    assert (found["errors"][0]["pointer"], found["errors"][0]["code"]) == expected


def test_figures_of_a_day_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["law", "figures", "--on", "2026-01-10", "--json"])

    found = json.loads(capsys.readouterr().out)
    fee = [each for each in found["figures"] if each["key"] == "ec.fee"]
    assert (code, found["on"]) == (0, "2026-01-10")
    assert fee == [
        {
            "key": "ec.fee",
            "of": {},
            "description": "Fee of an application for emigration clearance",
            "value": 20000,
            "unit": "paise",
            "valid_from": "2011-04-01",
            "valid_to": None,
            "confidence": "source",
            "reference": "Emigration Rules, 1983, r.15(1)(g)",
            "reviewed": "2026-11-22",
            "approved_by": None,
        }
    ]


def test_figures_of_all_days_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["law", "figures"])

    lines = capsys.readouterr().out.splitlines()
    caps = [line for line in lines if line.startswith("ra.service_charge.cap ")]
    assert code == 0
    assert caps[2] == (
        "ra.service_charge.cap  3000000 (paise)  2017-12-14..  source  "
        "Emigration Rules, 1983, r.25, as amended 14 Dec 2017"
    )


def test_diff_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["law", "diff", "2025-08-25", "2025-08-26"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line for line in lines if not line.startswith(" ")] == [
        "country.any_passport[country=IRN]",
        "country.ec_required[country=IRN]",
    ]


def test_diff_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    main(["law", "diff", "2017-12-13", "2017-12-14", "--json"])

    found = json.loads(capsys.readouterr().out)
    values = [
        (each["key"], each["before"] and each["before"]["value"], each["after"]["value"])
        for each in found["changes"]
    ]
    assert values[0] == ("ra.service_charge.cap", 2_000_000, 3_000_000)
    assert values[2][:2] == ("ra.service_charge.other_heads", None)


def test_a_figure_that_ends_has_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    main(["law", "diff", "2009-07-08", "2009-07-09"])

    lines = capsys.readouterr().out.splitlines()
    after = lines[lines.index("ra.bg.slabs[workers=300]") + 2]
    assert after == "  + -"


@pytest.mark.parametrize("day", ["2026-02-30", "20260110", "today"])
def test_a_day_that_is_none_is_bad_usage(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["law", "figures", "--on", day])

    assert code == 2
    assert day in capsys.readouterr().err


def test_a_country_without_a_law(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EMIGRATE_LAW", "atlantis")
    country.chosen.cache_clear()
    country.folder.cache_clear()

    try:
        code = main(["law", "figures"])
    finally:
        country.chosen.cache_clear()
        country.folder.cache_clear()

    assert code == 2
    assert capsys.readouterr().err == ("emigrate: EMIGRATE_LAW names no country's law: atlantis.\n")


def test_a_terminal_without_utf8_gets_escapes() -> None:
    program = (
        "import sys; from emigrate.ops.cli import main; sys.exit(main(['law', 'ask',"
        " '--lang', 'hi']))"
    )

    found = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONIOENCODING": "ascii"},
        cwd=REPOSITORY,
        input=json.dumps(TOO_LOW).encode(),
        capture_output=True,
        check=True,
    )

    assert found.stdout.isascii()
    assert json.loads(found.stdout)["findings"][0]["text"].startswith("700.00 AED मासिक")


def test_it_starts_without_django() -> None:
    program = (
        "import sys; from emigrate.ops.cli import main; main(['law', 'figures']);"
        "sys.exit('django' in sys.modules)"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, check=False
    )

    assert found.returncode == 0
