"""Check the spelling of times and URLs where the document's schema allows more than strict readers accept."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant

TIME = Property("time-spelling", Kind.FORMAT, "a time as strict readers of this API need it")
# No source gives these texts a format, but every example is a URL.
ADDRESS = Property("url-spelling", Kind.FORMAT, "an absolute URL, as every published example")
_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")

Texts = Mapping[str, Collection[str]]


def judgements(answer: ObservedResponse, instants: Texts, urls: Texts, time_spelling: str) -> Iterator[Judgement]:
    """Judge the spelling of the times and URLs in one response.

    Args:
        answer: The response.
        instants: By location, texts of format date-time; conformance reports those that are not times.
        urls: By location, texts without a format whose examples in the document are all URLs.
        time_spelling: A regular expression, as in ApiKit; ``""`` to skip times.
    """
    if not time_spelling:
        instants = {}
    times = {location: [text for text in texts if instant(text) is not None] for location, texts in instants.items()}
    yield from _judged(TIME, answer, times, lambda text: re.fullmatch(time_spelling, text) is not None)
    yield from _judged(ADDRESS, answer, urls, lambda text: _ADDRESS.fullmatch(text) is not None)


def _judged(
    judged: Property, answer: ObservedResponse, texts: Texts, fits: Callable[[str], bool]
) -> Iterator[Judgement]:
    for location, found in texts.items():
        odd = [text for text in found if not fits(text)]
        if found:
            evidence = {location.rpartition("/")[2]: odd[0]} if odd else None
            yield Judgement(judged, answer, location, not odd, evidence=evidence)
