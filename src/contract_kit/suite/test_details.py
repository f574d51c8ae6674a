"""Details: a resource by itself is what its list shows, and what is final stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from contract_kit.api import ApiKit, Row
from contract_kit.check.details import same_judgements
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.survey import Located, Survey
from contract_kit.check.throttle import NoAnswerError

ORDER = 20
MOST_OF_A_KIND = 12


def chosen(survey: Survey, located: list[Located]) -> list[Located]:
    """A few rows: those with the most children, and then evenly from the rest."""
    stable = [each for each in located if survey.is_stable(each)]
    first, rest = stable[: MOST_OF_A_KIND // 2], stable[MOST_OF_A_KIND // 2 :]
    step = max(1, len(rest) // (MOST_OF_A_KIND - len(first) or 1))
    return [*first, *rest[::step]][:MOST_OF_A_KIND]


@pytest.mark.share(3)
def test_details_are_what_lists_show(requester: Requester, survey: Survey, kit: ApiKit) -> None:
    """A resource that is fetched by itself is the one that the list shows."""
    for resource in kit.resources:
        if not (resource.fetch and resource.list):
            continue
        for located in chosen(survey, survey.located(resource)):

            def question(reading: int, located: Located = located) -> Iterator[Judgement]:
                listed = listed_again(requester, located) if reading else located.row
                path = survey.path(located.resource.fetch, located.values)
                answer = requester.get(located.resource.fetch, path)
                yield from same_judgements(answer, listed, requester.resource(answer))

            with suppress(NoAnswerError):
                requester.session.judge_stable(question)


def listed_again(requester: Requester, located: Located) -> Row:
    """The row as the page that showed it shows it now."""
    answer = located.page.response
    page = requester.page(requester.follow(answer.operation, answer.url), located.resource)
    key = located.resource.key
    return next((row for row in page.rows if row.get(key) == located.row.get(key)), located.row)
