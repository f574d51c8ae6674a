"""Every resource: each is fetched, and the lists below it are read; every response is judged as it arrives."""

from __future__ import annotations

from contextlib import suppress

import pytest

from contract_kit.api import ApiKit, Resource
from contract_kit.check.requester import Requester
from contract_kit.check.sampling import spread
from contract_kit.check.survey import Located, Survey
from contract_kit.check.throttle import NoAnswerError
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
        requester.get(resource.fetch, survey.path(resource.fetch, located.values))
    for child in kit.resources:
        if child.parent == resource.name and child.list:
            look_below(requester, survey, kit, located, child)


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
