"""A page read as a reader's machine reads it: fields with their names, links, words, faults."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "meta", "link", "img", "br", "hr"}
FIELDS = {"input", "select", "textarea"}
PERSONAL = re.compile(r"Z[0-9]{7}|\+?[0-9]{10,}")


@dataclass
class Markup(HTMLParser):
    """Every element with its attributes, and the text."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()

    __hash__ = object.__hash__

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if len(attrs) != len(self.elements[-1][1]):
            self.broken.append(f"{tag} with an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.broken.append(tag)

    def handle_data(self, data):
        if text := " ".join(data.split()):
            self.words.append(text)

    @property
    def text(self):
        return " ".join(self.words)

    def all(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def links(self):
        return [each["href"] for each in self.all("a")]

    @property
    def actions(self):
        return [each["action"] for each in self.all("form") if "action" in each]

    def hidden(self, name):
        return next(each["value"] for each in self.all("input") if each.get("name") == name)

    def faults(self):
        """What no page may have, and what every page must have."""
        found = [f"not closed as opened: {tag}" for tag in [*self.broken, *self.open]]
        ids = [each["id"] for _, each in self.elements if "id" in each]
        found += [f"id twice: {name}" for name, times in Counter(ids).items() if times > 1]
        found += [f"script: {tag}" for tag, _ in self.elements if tag in {"script", "style"}]
        for tag, each in self.elements:
            found += [
                f"inline {name} on {tag}" for name in each if name == "style" or name[:2] == "on"
            ]
            for named in ("aria-describedby", "aria-labelledby"):
                lost = set(each.get(named, "").split()) - set(ids)
                found += [f"{named} to nothing: {name}" for name in sorted(lost)]
            address = each.get("href", each.get("action", each.get("src", "")))
            found += [f"personal number in {address}"] if PERSONAL.search(address) else []
            found += [f"leads away: {address}"] if "//" in address else []
        labelled = {each.get("for") for each in self.all("label")}
        for each in self.all(*FIELDS):
            if each.get("type") != "hidden" and each.get("id") not in labelled:
                found.append(f"no label: {each.get('name')}")
        found += self._frame()
        return found

    def _frame(self):
        need = {
            "one h1": len(self.all("h1")) == 1,
            "lang": self.all("html")[0].get("lang", "") in {"en", "hi"},
            "main": any(each.get("id") == "content" for each in self.all("main")),
            "width": any(each.get("name") == "viewport" for each in self.all("meta")),
            "alt": all(each.get("alt") for each in self.all("img")),
            "bar": "Demonstration, not a Government service" in self.words
            or "प्रदर्शन, यह सरकारी सेवा नहीं है" in self.words,
        }
        return [f"missing: {name}" for name, there in need.items() if not there]


def read(text):
    """Parse a page."""
    page = Markup()
    page.feed(text)
    page.close()
    return page
