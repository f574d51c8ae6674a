"""Every resource: each is fetched, and the lists below it are read; every response is judged as it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from contract_kit.api import ApiKit, Resource, Row
from contract_kit.check.details import same_judgements
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.sampling import spread
from contract_kit.check.survey import Located, Survey
from contract_kit.check.throttle import BudgetSpentError, NoAnswerError
from contract_kit.check.walks import largest, walk
from contract_kit.configuration import Configuration

ORDER = 35
# The resources of a kind that the quick profile looks at, and the most children of one kind that any profile fetches.
MOST_QUICK = 40
MOST_CHILDREN = 5000


@pytest.mark.share(4)
def test_every_resource_agrees_with_itself_and_its_lists(
    requester: Requester, survey: Survey, kit: ApiKit, run: Configuration
) -> None:
    """Every resource, or a random sample, agrees with itself, with its lists and with its children."""
    session = requester.session
    for resource in kit.resources:
        if resource.parent or not resource.list:
            continue
        with suppress(NoAnswerError):
            known = survey.located(resource)
            most = MOST_QUICK if run.profile == "quick" else len(known)
            left = session.throttle.budget.left(resource.fetch or resource.list)
            chosen = spread(known, lambda each: each.row, resource, min(most, left or most), session.random)
            seen = 0
            try:
                for located in chosen:
                    look_at(requester, survey, kit, located)
                    seen += 1
            finally:
                session.note_share(resource, seen, len(known))


def look_at(requester: Requester, survey: Survey, kit: ApiKit, located: Located) -> None:
    """Fetch a resource, read the lists below it, and look at their rows in the same way."""
    resource = located.resource
    if resource.fetch:
        with until_spent():
            compare(requester, survey, located)
    for child in kit.resources:
        if child.parent == resource.name and child.list:
            with until_spent():
                look_below(requester, survey, kit, located, child)


@contextmanager
def until_spent() -> Iterator[None]:
    """Go on after a missing response, which is already noted, unless the budget allows no more."""
    try:
        yield
    except BudgetSpentError:
        raise
    except NoAnswerError:
        pass


def compare(requester: Requester, survey: Survey, located: Located) -> None:
    """Fetch a resource, and compare it with its row in the list, which is read again if they differ."""
    resource = located.resource

    def question(reading: int) -> Iterator[Judgement]:
        listed = listed_again(requester, located) if reading else located.row
        answer = requester.get(resource.fetch, survey.path(resource.fetch, located.values))
        detail = requester.resource(answer)
        # On the live API a row that may still change differs rightly.
        if survey.is_stable(located):
            yield from same_judgements(answer, listed, detail)

    requester.session.judge_stable(question)


def listed_again(requester: Requester, located: Located) -> Row:
    """Read the row's page again, and return the row as it is now."""
    answer = located.page.response
    page = requester.page(requester.follow(answer.operation, answer.url), located.resource)
    key = located.resource.key
    return next((row for row in page.rows if row.get(key) == located.row.get(key)), located.row)


def look_below(requester: Requester, survey: Survey, kit: ApiKit, above: Located, child: Resource) -> None:
    """Read one list below a resource, and look at its rows, or at a few of them if that would be too many."""
    session = requester.session
    for page in walk(requester, child, survey.path(child.list, above.values), largest(requester)):
        rows = [row for row in page.rows if isinstance(row.get(child.key), str | int)]
        most = max(2, (MOST_CHILDREN - session.throttle.sent[child.fetch]) // 10) if child.fetch else 0
        if session.throttle.budget.most is not None:
            most = 1
        for row in spread(rows, lambda each: each, child, most, session.random):
            values = {**above.values, child.parameter: str(row[child.key])}
            look_at(requester, survey, kit, Located(child, row, page, values, above))
