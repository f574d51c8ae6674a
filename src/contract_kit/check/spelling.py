"""Whether texts are spelled as every reader can read them, where the document's schema allows more than that."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant

TIME = Property("time-spelling", Kind.FORMAT, "a time as strict readers of this API need it")
# No source gives these texts a format, but every example of them is an address.
ADDRESS = Property("url-spelling", Kind.FORMAT, "an absolute URL, as every published example")
_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")

Texts = Mapping[str, Collection[str]]


def judgements(answer: ObservedResponse, instants: Texts, urls: Texts, time_spelling: str) -> Iterator[Judgement]:
    """Hold the texts of one answer, by their locations, against how they should be spelled.

    Args:
        answer: The answer.
        instants: Texts that the document calls date-times; what is no time at all is another check's matter.
        urls: Texts whose examples in the document are all addresses, and that have no format.
        time_spelling: As in ApiKit.
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
