"""A policy as a paper: one page of PDF 1.4, written by hand (ISO 32000-1, 7.5)."""

from sandbox.policy import SUM_INSURED, Policy

PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R "
    b"/Resources << /Font << /F1 4 0 R >> >> >>"
)
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def policy_document(policy: Policy) -> bytes:
    """The paper of a policy; the same policy gives the same octets."""
    lines = (
        "Sandbox insurer: this paper insures nobody",
        "Pravasi Bharatiya Bima Yojana",
        f"Policy number: {policy.number}",
        f"Passport number: {policy.passport}",
        f"Cover: {policy.cover_from.isoformat()} to {policy.cover_to.isoformat()}",
        f"Sum insured: INR {SUM_INSURED}",
        f"Premium: {policy.currency} {policy.premium}",
    )
    content = _content(lines)
    return _file(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE,
        FONT,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )


def _content(lines: tuple[str, ...]) -> bytes:
    """Lines of ASCII without brackets, one below the other."""
    shown = "\n".join(f"({line}) Tj T*" for line in lines)
    return f"BT /F1 12 Tf 20 TL 72 760 Td\n{shown}\nET".encode("ascii")


def _file(*objects: bytes) -> bytes:
    """The objects, numbered from 1 (the first is the catalogue), with their table of places."""
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = [b"0000000000 65535 f \n"]
    for number, content in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(written)
    written += b"xref\n0 %d\n%s" % (len(places), b"".join(places))
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(places),
        table,
    )
    return bytes(written)
