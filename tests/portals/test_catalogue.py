import re

import pytest

from tools.catalogue import CONTEXT, PLURAL, compiled, read
from tools.messages import PACKAGE, words

SHOWN = re.compile(
    r"emigrate/(portals/|domains/\w+/forms\.py|foundation/web/"
    r"|domains/(clearances|contracts|departures|notifications)/(enums|queries)\.py"
    r"|domains/reference/enums\.py)"
)
NOT_ON_PAGES = {
    "Waiting", "Sent", "Failed",  # states of a message in the outbox
}  # fmt: skip
LANGUAGES = sorted(
    path.parent.parent.name for path in PACKAGE.glob("locale/*/LC_MESSAGES/django.po")
)
PLACE = re.compile(r"%\(\w+\)s")


def catalogue(language):
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_page_shows_is_translated(language):
    known = read(catalogue(language))

    shown = {key for key, place in words() if SHOWN.match(place)}

    assert sorted(key for key in shown - NOT_ON_PAGES if key not in known) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_every_placeholder(language):
    wrong = [
        key
        for key, texts in read(catalogue(language)).items()
        for text in texts
        if set(PLACE.findall(text)) != set(PLACE.findall(key.split(PLURAL)[0]))
    ]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language):
    path = catalogue(language)

    text = path.read_text("utf-8")

    assert path.with_suffix(".mo").read_bytes() == compiled(text, read(path))
    assert "draft, not yet read by a native translator" in text.splitlines()[0]


def test_contexts_and_plurals_are_read_as_they_are_written(tmp_path):
    known = {f"answer{CONTEXT}Yes": ["हाँ"], f"one{PLURAL}many": ["एक", "कई"], 'say "x"\\n': ["q"]}
    path = tmp_path / "django.po"
    entries = "".join(
        ('msgctxt "answer"\n' if CONTEXT in key else "") + block
        for key, block in zip(
            known,
            (
                'msgid "Yes"\nmsgstr "हाँ"\n\n',
                'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "एक"\nmsgstr[1] "कई"\n\n',
                'msgid "say \\"x\\"\\\\n"\nmsgstr "q"\n',
            ),
            strict=True,
        )
    )
    path.write_text(f'msgid ""\nmsgstr ""\n"Language: hi\\n"\n\n{entries}', "utf-8")

    assert read(path) == known
