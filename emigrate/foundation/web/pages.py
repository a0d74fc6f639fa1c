"""The one environment in which every page is rendered (named in the settings' TEMPLATES).

Text is escaped, and a name that the view did not give is an error, never an empty place.
"""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from emigrate.foundation.web import formats

FILTERS = (formats.day, formats.moment, formats.number, formats.money, formats.ltr)


def environment(**options: Any) -> Environment:  # Django's own options of the backend
    """Make the environment: translations, addresses, and the formats of `formats.py`."""
    ours: dict[str, Any] = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    made = Environment(**options | ours | {"autoescape": True}, extensions=["jinja2.ext.i18n"])  # noqa: S701 - it is set, which the rule does not see
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    made.globals.update(
        url=address,
        static=static,
        language=current_language,
        languages=settings.LANGUAGES,
        brand=settings.BRAND_NAME,
        helpline=settings.HELPLINE,
        helpline_checked_on=settings.HELPLINE_CHECKED_ON,
        demonstration=not settings.PRODUCTION,
        here=here,
    )
    made.filters.update({each.__name__: each for each in FILTERS})
    return made


def address(name: str, *parts: object) -> str:
    """The address of a page by its name; `parts` are references, never personal numbers."""
    return reverse(name, args=parts)


def current_language() -> str:
    """The code of the language in which the page is written."""
    return get_language() or settings.LANGUAGE_CODE


@pass_context
def here(context: Context) -> str:
    """The address of this page, for coming back after a choice of language."""
    request = context.get("request")
    return request.get_full_path() if request is not None and request.method == "GET" else "/"
