"""Why each package is there, under which licence, and what no file of ours may name."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REASONS = ROOT / "docs" / "adr" / "0002-run-time-packages.md"
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-0|MIT-CMU|BSD|Apache|ISC|PSF|OFL|MPL|Unlicense|Zlib|HPND)\b", re.IGNORECASE
)
COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|GNU Lesser", re.IGNORECASE)
AS_LIBRARY = {"psycopg", "psycopg-binary", "psycopg-pool", "python-stdnum"}

DIRECT = re.compile(r"^[A-Za-z0-9-]+")
FORBIDDEN = [
    r"pyp[i]\.org",
    r"pythonhoste[d]",
    r"npmj[s]\.(org|com)",
    r"/(work|root|farm)/[A-Za-z.]",
    r"/home/[a-z]",
]


def direct():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {DIRECT.match(each)[0] for each in project["dependencies"]}


def installed():
    """Every package of the run-time pins."""
    text = (ROOT / "requirements" / "run.txt").read_text()
    return re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", text, re.MULTILINE)


def licence(name):
    given = distribution(name).metadata
    marks = [each for each in given.get_all("Classifier") or [] if each.startswith("License")]
    return given.get("License-Expression") or "; ".join(marks) or given.get("License") or ""


def test_every_package_has_its_line():
    rows = re.findall(r"^\| ([a-z0-9, -]+) \|", REASONS.read_text(), re.MULTILINE)
    named = {name.strip() for row in rows for name in row.split(",")} - {"package"}

    assert named == direct()


@pytest.mark.parametrize("name", installed())
def test_every_licence_is_acceptable(name):
    words = licence(name)

    if LESSER.search(words):
        assert name in AS_LIBRARY
    else:
        assert not COPYLEFT.search(words), words
        assert PERMISSIVE.search(words), words


def test_what_is_lesser_is_said():
    text = REASONS.read_text()

    assert [name for name in ("psycopg", "python-stdnum")
            if not re.search(rf"^\| {name} \|.*LGPL", text, re.MULTILINE)] == []  # fmt: skip


def test_no_file_names_a_registry_or_a_machine():
    words = [part for pattern in FORBIDDEN for part in ("-e", pattern)]
    found = subprocess.run(
        ["git", "grep", "-nIE", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert found.stdout.splitlines() == []


def test_every_package_is_installed_not_found_by_chance_of_the_folder(tmp_path):
    """The console script starts anywhere; what it imports may not depend on where it is called."""
    text = (ROOT / "pyproject.toml").read_text()
    ours = tomllib.loads(text)["tool"]["importlinter"]["root_packages"]

    said = subprocess.run(
        [sys.executable, "-P", "-c", f"import {', '.join(ours)}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (said.returncode, said.stderr) == (0, "")
