import pytest
from django.template import engines
from django.utils.translation import override
from jinja2 import UndefinedError

from emigrate.foundation.web.pages import address, current_language


def rendered(source, **context):
    return engines["jinja2"].from_string(source).render(context)


def test_text_is_escaped():
    assert rendered("{{ name }}", name="<script>") == "&lt;script&gt;"


def test_a_name_that_was_not_given_is_an_error():
    with pytest.raises(UndefinedError):
        rendered("{{ nmae }}", name="x")


def test_words_are_translated_and_what_fills_them_is_escaped():
    with override("hi"):
        text = rendered(
            "{{ _('Sign in') }} {% trans who=who %}Held by: {{ who }}{% endtrans %}", who="<b>"
        )

    assert text == "साइन इन किसके पास: &lt;b&gt;"


def test_plurals():
    one, many = "{{ count }} term is the same", "{{ count }} terms are the same"
    source = f"{{% trans count=n %}}{one}{{% pluralize %}}{many}{{% endtrans %}}"

    assert [rendered(source, n=n) for n in (1, 2)] == ["1 term is the same", "2 terms are the same"]


def test_addresses_formats_and_language():
    assert rendered("{{ url('officer:case', 'EC-1') }}") == "/officer/cases/EC-1"
    assert address("public:home") == "/"
    assert (
        rendered("{{ 123456|number }} {{ 100|money('INR') }}") == '1,23,456 <bdi dir="ltr">₹1</bdi>'
    )
    with override("hi"):
        assert current_language() == "hi"


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_errors_render_without_a_request(name):
    page = engines["jinja2"].get_template(name).render()

    assert "Demonstration, not a Government service" in page


def test_every_template_compiles():
    environment = engines["jinja2"].env

    names = environment.list_templates(extensions=["html"])

    assert len([environment.get_template(name) for name in names]) > 25
