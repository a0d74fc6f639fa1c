"""Signed PDFs are taken as they come; forms for anything else wait for an officer."""

import pikepdf
import pytest

from emigrate.domains.documents.actions import open_document
from tests.factories.documents import SYSTEM, a_document, a_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Contents of one test lie in a folder of its own."""
    settings.HOME = tmp_path


def a_field(pdf, kind, **more):
    """A form's field that is its own mark on the first page, and the form around it."""
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9], T="one", **more
    )
    if kind is not None:
        field.FT = pikepdf.Name(kind)
    return pdf.make_indirect(field)


def in_form(pdf, *fields, **more):
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=3, **more)
    pdf.pages[0].Annots = pikepdf.Array(fields)


def a_signature(pdf):
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"),
            ByteRange=pikepdf.Array([0, 10, 20, 10]), Contents=b"SECRET SEAL",
        )
    )  # fmt: skip


def signed(pdf):
    signature = a_signature(pdf)
    in_form(pdf, a_field(pdf, "/Sig", V=signature))
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=signature)
    pdf.Root.DSS = pikepdf.Dictionary(Certs=pikepdf.Array([pdf.make_stream(b"SECRET SEAL")]))


def signed_through_kids(pdf):
    """The type stands on the field, its mark on the page is a kid without one."""
    mark = a_field(pdf, None)
    field = pikepdf.Dictionary(
        FT=pikepdf.Name.Sig, T="one", V=a_signature(pdf), Kids=pikepdf.Array([mark])
    )
    in_form(pdf, pdf.make_indirect(pikepdf.Dictionary(T="all", Kids=pikepdf.Array([field]))))


@pytest.mark.parametrize("sealed", [signed, signed_through_kids])
def test_a_signed_pdf_is_released_and_the_copy_is_not_signed(sealed):
    document = a_document(content=a_pdf(change=sealed))

    opened = open_document(document.reference, actor=SYSTEM)

    assert (document.state, document.removed) == ("released", [])
    for gone in (b"SECRET", b"ByteRange", b"AcroForm", b"DocMDP"):
        assert gone not in opened


def beside_a_signature(kind, **more):
    def change(pdf):
        in_form(pdf, a_field(pdf, "/Sig", V=a_signature(pdf)), a_field(pdf, kind, **more))

    return change


def with_xfa(pdf):
    in_form(pdf, a_field(pdf, "/Sig"), XFA=pdf.make_stream(b"<xdp/>"))


def without_fields(pdf):
    in_form(pdf)


def round_and_round(pdf):
    field = a_field(pdf, "/Sig")
    field.Kids = pikepdf.Array([field, field])
    in_form(pdf, field)


def kid_of_another_kind(pdf):
    in_form(pdf, a_field(pdf, "/Sig", Kids=pikepdf.Array([a_field(pdf, "/Tx")])))


def fields_of_no_kind(pdf):
    in_form(pdf, a_field(pdf, None, Kids=pikepdf.Array()))


def no_list_of_fields(pdf):
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=a_field(pdf, "/Sig"))


def no_form_at_all(pdf):
    pdf.Root.AcroForm = pikepdf.Array([a_field(pdf, "/Sig")])


def a_hundred_and_one(pdf):
    in_form(pdf, *(a_field(pdf, "/Sig") for _ in range(101)))


@pytest.mark.parametrize(
    "change",
    [
        beside_a_signature("/Tx", V="words"),
        beside_a_signature("/Btn"),
        beside_a_signature(None),
        with_xfa,
        without_fields,
        round_and_round,
        kid_of_another_kind,
        fields_of_no_kind,
        no_list_of_fields,
        no_form_at_all,
        a_hundred_and_one,
    ],
)
def test_a_form_for_anything_but_signing_waits_for_an_officer(change):
    document = a_document(content=a_pdf(change=change))

    assert (document.state, document.removed) == ("quarantined", ["form"])


def test_a_signature_that_acts_waits_for_an_officer():
    def change(pdf):
        acts = pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))
        pdf.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="one", AA=acts)])
        )

    document = a_document(content=a_pdf(change=change))

    assert (document.state, document.removed) == ("quarantined", ["open_action"])
