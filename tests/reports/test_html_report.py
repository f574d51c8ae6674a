"""report.html as a file: escaped, self-contained, well-formed. How it looks is for tests/browser."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from contract_kit.findings.results import Result
from contract_kit.reports import html_report
from tests.reports import sample

VOID = {"meta", "link", "input"}
RESULTS = [sample.sample, sample.hostile, sample.nearly_empty, sample.clean]


class Page(HTMLParser):
    """A parsed page: every element with its attributes and text, and that what opens closes."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: dict[str, list[str]] = {}
        self.feed(html_report.render(result))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("make", RESULTS)
def test_asks_for_nothing_and_runs_nothing(make: Any) -> None:
    page = Page(make())
    assert not {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "embed", "form", "base", "svg"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("href", "src"):
            assert re.match(r"#|data:,$", attributes.get(name) or "#"), attributes
    [style] = page.text["style"]
    assert not re.search(r"url\(|@import", style)


def test_policy_allows_the_style_sheet_and_nothing_else() -> None:
    page = Page(sample.sample())
    [policy] = [each["content"] or "" for each in page.all("meta") if each.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(page.text["style"][0].encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("make", RESULTS)
def test_structure(make: Any) -> None:
    page = Page(make())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert page.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")
    assert all(each.get("scope") in {"row", "col"} for each in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert {tag for tag, _ in page.elements} >= {"header", "nav", "main", "footer", "title"}
    targets = [(each["href"] or "")[1:] for each in page.all("a")]
    assert set(targets) <= set(ids)
    labels = [each["aria-labelledby"] for _, each in page.elements if "aria-labelledby" in each]
    assert set(labels) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in zip([0, *levels], levels, strict=False))


def test_everything_is_told() -> None:
    text = html_report.render(sample.sample())
    for finding in sample.FINDINGS:
        assert f'id="finding-{finding.fingerprint}"' in text
        assert f"<code>vla recheck {finding.fingerprint}</code>" in text
    for told in (
        "Does not conform",
        "no evidence about the live API",
        "fetch_participant was never seen with data",
        "VLA_OTHER_ACCOUNT_SID and VLA_OTHER_AUTH_TOKEN are not set",
        "GET /v1/Video/Rooms?Codec=VP8&amp;Codec=opus&amp;PageSize=1000",
        "{&quot;end_reason&quot;: &quot;exploded&quot;}",
        "accepted: in the vendor&#x27;s beta, ticket 4711 (video team, until 2027-01-31)",
        "a strict reader refuses the whole page",
        "<b>13/14</b> <span>92 %</span>",
        "<b>0/2</b> <span>0 %</span>",
        "<code>/rooms/*/processing_state=not_started</code>",
        "had nothing to bite on",
        "2 answers 503 were asked again and came",
        "the emulator closed the connection",
        "<span>404 × 32</span>".replace("<span>", '<span class="chip">'),
    ):
        assert told in text, told


def test_hostile_values_are_text() -> None:
    text = html_report.render(sample.hostile())
    text.encode("utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("</style>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\\x1b[2J" in text
    assert "\\u202egnp.exe" in text
    assert all(char.isprintable() or char in "\n\t" for char in text)


def test_attributes_are_escaped_as_well() -> None:
    """Nothing of a server stands in an attribute today; the words of a check's outcome do."""
    check = replace(sample.CHECKS[0], outcome='"><script>alert(1)</script>')
    assert "<script" not in html_report.render(sample.sample(checks=(check,)))


def test_ten_thousand_findings() -> None:
    text = html_report.render(sample.many(10_000))
    assert text.count('<article class="finding ') == 10_000
    assert 'class="many"' in text
