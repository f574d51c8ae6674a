"""Judge whether a cassette is too old."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contract_kit.cassettes.cassette import Label
from contract_kit.cassettes.scrubbing import PROFILE

# After this many days, a live recording is too old.
LIVE_DAYS = 90


@dataclass(frozen=True)
class Age:
    """A cassette that is too old.

    Attributes:
        fails: Whether it is more than twice the limit; otherwise it only gets a notice.
        reason: ``recorded 95 days ago; the limit is 90``.
    """

    fails: bool
    reason: str


def age(label: Label, today: date, versions: Sequence[str]) -> Age | None:
    """Return an `Age` if the cassette is too old, else None.

    A live recording is too old after 90 days, an emulator's as soon as the document has a newer version. More than
    twice that limit fails; so does a recording scrubbed by other rules.

    Args:
        label: The cassette's label.
        today: The date in UTC.
        versions: The document's versions, the newest first; unknown versions count as older than all.
    """
    if label.scrubbing != PROFILE:
        return Age(fails=True, reason=f"scrubbed by {label.scrubbing!r}; today's rules are {PROFILE!r}")
    if label.is_live:
        days = (today - date.fromisoformat(label.recorded_at)).days
        reason = f"recorded {days} days ago; the limit is {LIVE_DAYS}"
        return Age(days > 2 * LIVE_DAYS, reason) if days > LIVE_DAYS else None
    behind = versions.index(label.document) if label.document in versions else len(versions)
    reason = f"recorded with version {label.document} of the document, {behind} before today's {versions[0]}"
    return Age(behind > 1, reason) if behind else None


def versions_in(changelog: str, current: str) -> tuple[str, ...]:
    """Return the document's versions, the newest first, from a changelog's headings (``## 0.2.0 (2027-01-31)``)."""
    return tuple(dict.fromkeys((current, *re.findall(r"^## (\d\S*)", changelog, re.MULTILINE))))
