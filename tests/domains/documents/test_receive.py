import io
import struct
import zlib

import pikepdf
import pytest
from django.db import connection
from PIL import Image, PngImagePlugin

from emigrate.domains.documents.actions import open_document
from emigrate.domains.documents.models import Document
from emigrate.domains.documents.queries import documents_for, filename_of, folder, place_of
from emigrate.domains.reference.enums import Role
from emigrate.foundation.actors import Actor
from emigrate.foundation.errors import InvalidInput, NotPermitted, TooLarge
from emigrate.foundation.transactions import acting
from tests.factories.accounts import an_agency
from tests.factories.documents import SYSTEM, a_document, a_pdf, a_picture
from tests.races import race


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Contents of one test lie in a folder of its own."""
    settings.HOME = tmp_path


def leaves_hold():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def kept():
    with acting(SYSTEM):
        return Document.objects.count(), len(list(folder().glob("??/*")))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (a_picture("JPEG"), "image/jpeg", 1),
        (a_picture("JPEG", progressive=True), "image/jpeg", 1),
        (a_picture("PNG"), "image/png", 1),
        (a_pdf(pages=3), "application/pdf", 3),
        (a_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), "application/pdf", 1),
    ],
)
def test_what_is_honest_is_released_at_once(content, media_type, pages):
    document = a_document(content=content)

    opened = open_document(document.reference, actor=SYSTEM)

    leaves_hold()
    assert (document.state, document.media_type, document.pages) == ("released", media_type, pages)
    assert len(opened) == document.size
    assert filename_of(document) == "scan.jpg"


@pytest.mark.django_db
def test_a_picture_keeps_its_pixels_upright_and_nothing_else():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "SECRET PLACE 26.76N 83.37E"
    picture = a_picture("JPEG", size=(60, 40), exif=exif.tobytes(), comment=b"SECRET COMMENT")
    assert b"SECRET" in picture

    opened = open_document(a_document(content=picture).reference, actor=SYSTEM)

    with Image.open(io.BytesIO(opened)) as shown:
        assert (shown.size, dict(shown.getexif())) == ((40, 60), {})
    assert b"SECRET" not in opened


@pytest.mark.django_db
def test_a_text_chunk_of_a_png_is_left_behind():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRET AUTHOR")

    opened = open_document(
        a_document(content=a_picture("PNG", pnginfo=notes)).reference, actor=SYSTEM
    )

    assert b"SECRET" not in opened


@pytest.mark.django_db
def test_a_pdf_loses_who_made_it():
    def signed(pdf):
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = ["SECRET AUTHOR"]
        pdf.docinfo["/Author"] = "SECRET AUTHOR"

    opened = open_document(a_document(content=a_pdf(change=signed)).reference, actor=SYSTEM)

    assert b"SECRET" not in opened


def script(pdf):
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def named_script(pdf):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    tree = pikepdf.Dictionary(Names=pikepdf.Array(["a", pdf.make_indirect(action)]))
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=tree)


def launching(pdf):
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe"),
    )  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(note)])


def chained(pdf):
    then = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([0]), Next=then),
    )  # fmt: skip
    pdf.pages[0].Annots = pikepdf.Array([note])


def attached(pdf):
    pdf.attachments["cmd.exe"] = b"MZ evil"


def triggered(pdf):
    pdf.pages[0].AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    )


def formed(pdf):
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "trap", [script, named_script, launching, chained, attached, triggered, formed]
)
def test_what_acts_is_taken_out_of_a_pdf_and_an_officer_looks(trap):
    document = a_document(content=a_pdf(change=trap))

    officer = Actor(Role.POE, 5, office="DEL", request_id="test")
    opened = open_document(document.reference, actor=officer)

    leaves_hold()
    assert (document.state, document.removed == []) == ("quarantined", False)
    for active in (b"JavaScript", b"/JS", b"Launch", b"EmbeddedFile", b"cmd.exe", b"xdp", b"/AA"):
        assert active not in opened
    with pikepdf.open(io.BytesIO(opened)) as pdf:
        assert len(pdf.pages) == 1


def a_pixel_flood():
    """A PNG of a few hundred bytes that claims 50,000 x 50,000 pixels."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def an_object_bomb():
    """A sound PDF whose object stream unpacks to more than the child may hold."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"2 0 <</Type/Catalog/Pages 3 0 R>>")
    for _ in range(900):
        packed += packer.compress(b" " * 1_000_000)
    packed += packer.flush()
    body, places = b"%PDF-1.5\n", {}
    for number, written in (
        (1, b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream"
            % (len(packed), packed)),
        (3, b"<</Type/Pages/Count 1/Kids[4 0 R]>>"),
        (4, b"<</Type/Page/Parent 3 0 R/MediaBox[0 0 9 9]>>"),
    ):  # fmt: skip
        places[number] = len(body)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    rows = [(0, 0, 0), (1, places[1], 0), (2, 1, 0), (1, places[3], 0), (1, places[4], 0),
            (1, len(body), 0)]  # fmt: skip
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    return body + (
        b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 2]/Root 2 0 R/Length %d>>\nstream\n%b\nendstream\n"
        b"endobj\nstartxref\n%d\n%%%%EOF\n" % (len(table), table, len(body))
    )


ZIP = b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18
TRAPS = {
    "empty": (b"", "empty"),
    "text": (b"Dear Sir", "type_not_taken"),
    "svg": (b"<svg onload='alert(1)'/>", "type_not_taken"),
    "gif": (a_picture("GIF"), "type_not_taken"),
    "word": (ZIP, "type_not_taken"),
    "pdf behind rubbish": (b"rubbish\n" + a_pdf(), "type_not_taken"),
    "jpeg and zip": (a_picture() + ZIP, "two_formats_in_one"),
    "jpeg and page": (a_picture() + b"<HTML><script>", "two_formats_in_one"),
    "jpeg and pdf": (a_picture(comment=b"%PDF-1.4 x"), "two_formats_in_one"),
    "png and program": (a_picture("PNG") + b"\x7fELF\x02\x01", "two_formats_in_one"),
    "pdf and zip": (a_pdf() + ZIP, "two_formats_in_one"),
    "pixel flood": (a_pixel_flood(), "too_many_pixels"),
    "cut picture": (a_picture(size=(400, 400))[:700], "image_broken"),
    "png with wrong sum": (a_picture("PNG")[:-20] + b"\0" * 20, "image_broken"),
    "cut pdf": (a_pdf()[:-40], "pdf_broken"),
    "locked pdf": (a_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "pdf_encrypted"),
    "pdf locked by owner": (
        a_pdf(encryption=pikepdf.Encryption(owner="o", user="")),
        "pdf_encrypted",
    ),
    "long pdf": (a_pdf(pages=41), "too_many_pages"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused_and_nothing_is_kept(name):
    content, code = TRAPS[name]

    with pytest.raises(InvalidInput) as refusal:
        a_document(content=content)

    assert [each["code"] for each in refusal.value.errors] == [code]
    assert kept() == (0, 0)


@pytest.mark.django_db
def test_a_bomb_ends_with_the_child():
    bomb = an_object_bomb()

    with pytest.raises(InvalidInput) as refusal:
        a_document(content=bomb)

    assert len(bomb) < 1_000_000
    assert [each["code"] for each in refusal.value.errors] == ["pdf_broken"]
    assert kept() == (0, 0)


@pytest.mark.django_db
def test_more_than_a_megabyte_is_too_large():
    with pytest.raises(TooLarge):
        a_document(content=b"\xff\xd8\xff" + b"\0" * 1_000_000)

    assert kept() == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"filename": "card 9999 9999 0019.jpg"}, "aadhaar_refused"),
        ({"filename": "x" * 121}, "name_malformed"),
        ({"filename": "a\nb.jpg"}, "name_malformed"),
        ({"kind": "Passport copy"}, "kind_malformed"),
        ({"person_id": None}, "owner_missing"),
    ],
)
def test_what_is_said_about_the_file_is_checked(changes, code):
    with pytest.raises(InvalidInput) as refusal:
        a_document(**changes)

    assert [each["code"] for each in refusal.value.errors] == [code]
    assert kept() == (0, 0)


@pytest.mark.django_db
def test_the_same_file_of_the_same_owner_is_one_document():
    picture = a_picture(size=(61, 41))

    first = a_document(content=picture, person_id=1)
    again = a_document(content=picture, person_id=1)
    other = a_document(content=picture, person_id=2)

    assert (again.pk == first.pk, other.pk == first.pk, kept()) == (True, False, (2, 2))


def test_of_many_sending_one_file_at_once_all_get_one_document(committed_database):
    picture = a_picture(size=(62, 42))

    outcomes = race(8, lambda _at: a_document(content=picture, person_id=3))

    assert len({each.pk for each in outcomes}) == 1
    assert kept() == (1, 1)


@pytest.mark.django_db
def test_nothing_readable_lies_on_the_disk():
    notes = PngImagePlugin.PngInfo()
    document = a_document(content=a_picture("PNG", pnginfo=notes), filename="Ramesh Yadav.png")

    sealed = place_of(document).read_bytes()

    assert (b"PNG" in sealed, b"Ramesh" in bytes(document.filename_sealed)) == (False, False)
    assert place_of(document).stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_nobody_hands_in_for_somebody_else():
    agency, other = an_agency(), an_agency()
    agent = Actor(Role.RA_ADMIN, 5, organisation_id=agency.pk, request_id="test")
    person = Actor(Role.EMIGRANT, 6, person_id=60, request_id="test")

    with pytest.raises(NotPermitted):
        a_document(actor=agent, organisation_id=other.pk)
    with pytest.raises(NotPermitted):
        a_document(actor=person, person_id=61)
    with pytest.raises(NotPermitted):
        a_document(actor=Actor(Role.BOI, 7, request_id="test"), person_id=60)
    assert kept() == (0, 0)

    a_document(actor=agent, person_id=60)
    own = a_document(actor=person, content=a_picture(size=(10, 10)))
    with acting(person):
        assert documents_for(person).count() == 2
    assert own.person_id == 60
