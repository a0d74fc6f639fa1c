"""The paper of a certificate is queue work: made by typst from what the QR says."""

from emigrate.domains.credentials.actions import close_full_shards, keep_paper
from emigrate.domains.credentials.papers import clearance_pdf
from emigrate.domains.credentials.queries import qr_text
from emigrate.foundation import jobs
from emigrate.foundation.actors import Actor
from emigrate.foundation.transactions import acting


@jobs.job("credentials.paper", queue=jobs.PAPERS)
def make_paper(subject_reference: str, language: str = "hi") -> None:
    """Make and keep the PDF: the worker's language, Hindi and English on one page."""
    actor = Actor.system()
    with acting(actor):
        text = qr_text(subject_reference, actor=actor)
    keep_paper(subject_reference, language, clearance_pdf(text, language), actor=actor)


@jobs.periodic("credentials.close_shards", queue=jobs.CLOCKS, cron="17 * * * *")
def close_shards() -> None:
    """Every hour: close status lists that are nearly full (owner: credentials)."""
    close_full_shards(actor=Actor.system())
