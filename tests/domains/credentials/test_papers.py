"""The paper in the worker's language: every word is drawn, read back, and in its order."""

import io
import re
from datetime import UTC, datetime

import pikepdf
import pytest
import yaml
import zxingcpp
from PIL import Image

from emigrate.domains.credentials.facts import ClearanceClaims, StatusPlace, Validity, cwt_claims
from emigrate.domains.credentials.papers import (
    EVERYWHERE,
    WORDS,
    _compiled,
    _printed,
    _said,
    clearance_pdf,
    languages,
    spoken,
)
from emigrate.domains.reference.actions import DATA
from emigrate.foundation.crypto.cose import qr_text, sign_cwt
from emigrate.foundation.crypto.keyring import Keyring
from emigrate.foundation.crypto.signing_keys import Purpose
from tests.domains.credentials.text_layer import plain, runs, said, said_from_the_right

OWN = sorted(languages() - set(EVERYWHERE))
EMIGRANTS_SPEAK = {
    "as", "bn", "gu", "kn", "ml", "mr", "ne", "or", "pa", "ta", "te", "ur",
}  # fmt: skip
LETTERS = re.compile(r"[^\W\d]+")
A_DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """The signed text of a clearance whose values are as long as they come."""
    claims = ClearanceClaims(
        ec_number="EC-2026-DEL-1234567-X",
        name="VENKATARAMANAN<<LAKSHMINARAYANAN<KRISHNAMURTHY",
        birth_date="19900506",
        sex="M",
        nationality="IND",
        passport_number="Z0000123",
        destination="SAU",
        category="ecr",
        occupation="7112",
        agent="B-0123/DEL/PART/1000+/5/9999/2020",
        employer="FE-2026-SAU-7654321-K",
        policy="PBBY-2026-1234567",
        contract_end="20281231",
    )
    keys = Keyring(tmp_path_factory.mktemp("keys"), "urn:test", demo=True)
    validity = Validity(A_DAY, A_DAY, A_DAY.replace(month=12))
    place = StatusPlace("https://status.example/list", 5)
    made = cwt_claims(claims, validity, place, issuer="urn:test", token_id=bytes(16))
    return qr_text(sign_cwt(made, key=keys.signing(Purpose.EC_QR, A_DAY)))


@pytest.fixture(scope="module")
def papers(text):
    """A paper in every language."""
    return {code: clearance_pdf(text, code) for code in languages()}


def test_the_languages_of_the_emigrants_have_every_word():
    keys = set(spoken("en").words)

    assert set(OWN) == EMIGRANTS_SPEAK
    assert {
        code: keys - set(spoken(code).words) for code in OWN if keys != set(spoken(code).words)
    } == {}


def test_a_table_says_who_reviewed_it_and_its_direction_is_the_registers():
    register = (DATA / "languages.csv").read_text(encoding="utf-8").splitlines()
    known = {line.split(",")[0] for line in register[1:]}
    from_the_right = {line.split(",")[0] for line in register if ",rtl," in line}

    tables = {code: yaml.safe_load((WORDS / f"{code}.yaml").read_text("utf-8")) for code in OWN}

    assert {table["review"] for table in tables.values()} == {
        "not yet reviewed by a native speaker"
    }
    assert languages() <= known
    assert {code for code in OWN if tables[code]["direction"] == "rtl"} == from_the_right & set(OWN)


@pytest.mark.parametrize("code", sorted(languages()))
def test_no_glyph_is_missing_and_all_stands_on_one_page(papers, code):
    with pikepdf.open(io.BytesIO(papers[code])) as document:
        (page,) = document.pages
        width, height = (float(each) for each in page.MediaBox[2:])

    found = runs(papers[code])

    assert [run for run in found if 0 in run.glyphs] == []
    assert all(0 < run.x < width and 0 < run.y < height for run in found)


@pytest.mark.parametrize("code", sorted(languages() - {"ur"}))
def test_the_text_layer_holds_every_word(papers, code):
    page = plain(said(papers[code]))

    missing = [
        (each, key)
        for each in {code, *EVERYWHERE}
        for key, word in spoken(each).words.items()
        if plain(word) not in page
    ]

    assert missing == []


def test_urdu_runs_from_right_to_left(papers):
    page = plain(said_from_the_right(papers["ur"]))

    missing = [
        part
        for word in spoken("ur").words.values()
        for part in LETTERS.findall(word)
        if plain(part) not in page
    ]
    place = {"".join(run.letters): run.x for run in runs(papers["ur"])}

    assert missing == []
    assert place["1983"] > place["22"] > place["EC-2026-DEL-1234567-X"]


@pytest.mark.parametrize("code", OWN)
def test_a_line_begins_on_the_side_of_its_script(papers, code):
    (_, begins, *_) = runs(papers[code])  # the first run is the mark across the paper

    assert (begins.x > 297) == (code == "ur")


def test_what_a_language_lacks_stands_in_hindi_and_english(text, papers):
    known = spoken("ml")._replace(words={"name": spoken("ml").words["name"]})

    pdf = _compiled({**_printed(text), **_said(known, "ml")})

    page = plain(said(pdf))
    assert plain(spoken("ml").words["name"]) in page
    assert plain(spoken("ml").words["employer"]) not in page
    assert plain(spoken("hi").words["employer"] + "·" + spoken("en").words["employer"]) in page
    assert [run for run in runs(pdf) if 0 in run.glyphs] == []


@pytest.mark.parametrize("code", ["en", "brx", "../words/ml", ""])
def test_who_reads_hindi_or_english_or_a_language_without_words_gets_no_third(text, papers, code):
    assert said(clearance_pdf(text, code)) == said(papers["hi"])


@pytest.mark.parametrize("code", sorted(languages()))
def test_every_paper_is_a_specimen_with_its_qr(text, papers, code):
    with pikepdf.open(io.BytesIO(papers[code])) as document:
        (image,) = document.pages[0].get_images().values()
        picture = pikepdf.PdfImage(image).as_pil_image().convert("L")

    read = zxingcpp.read_barcodes(_framed(picture))

    assert [each.text for each in read] == [text]
    assert "SPECIMEN" in said(papers[code])


def _framed(picture):
    whole = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    whole.paste(picture, (20, 20))
    return whole
