"""Names of organisations that a reader would confuse have one key."""

import pytest

from emigrate.foundation.names.organisations import look_alike_key, name_words, written_name


@pytest.mark.parametrize(
    "other",
    [
        "AL NOOR TRAVELS",
        "Al-Noor Travels Pvt. Ltd.",
        "Al N00r Trave1s",
        "Аl Nооr Тrаvеls",  # Cyrillic letters
        "Ａｌ　Ｎｏｏｒ　Ｔｒａｖｅｌｓ",
        "Al Nóor Travel",
        "al.noor.travels private limited",
    ],
)
def test_look_alikes_share_a_key(other):
    assert look_alike_key(other) == look_alike_key("Al Noor Travels")


@pytest.mark.parametrize("other", ["Al Noor Tours", "Al Mansoor Travels", "Noor Travels", ""])
def test_others_do_not(other):
    assert look_alike_key(other) != look_alike_key("Al Noor Travels")


def test_words_of_law_do_not_name_anybody_unless_they_are_the_name():
    assert name_words("The Sample Co. Pvt Ltd") == ["sample"]
    assert name_words("Ltd Company") == ["ltd", "company"]


def test_one_way_of_writing():
    assert written_name("  D'Souza & Sons (P) Ltd. ") == "dsouza sons p ltd"


@pytest.mark.parametrize("empty", ["", " ", "---", "'"])
def test_a_name_without_letters_has_no_key(empty):
    assert look_alike_key(empty) == ""
