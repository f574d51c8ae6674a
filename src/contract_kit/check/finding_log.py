"""Keep the findings of a run: equal ones as one, and not more different ones than anybody can read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contract_kit.findings.finding import Finding, Kind, merged

# Of one kind at one place; all further ones are counted as one finding, with OTHERS for what distinguishes them.
MOST_OF_A_KIND = 100
OTHERS = "(others)"


class FindingLog:
    """The findings of a run."""

    def __init__(self) -> None:
        self._kept: dict[str, Finding] = {}
        self._groups: dict[tuple[Kind, str, str], set[str]] = {}

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep findings; without bounds, one answer with 300 000 new keys would make a report of a gigabyte."""
        for finding in findings:
            place, _, last = finding.location.rpartition("/")
            is_named = last == finding.value  # a key that is missing or new
            group = self._groups.setdefault(
                (finding.kind, finding.operation, place if is_named else finding.location), set()
            )
            fingerprint = finding.fingerprint
            if fingerprint not in group and len(group) >= MOST_OF_A_KIND:
                finding = replace(finding, value=OTHERS, location=f"{place}/{OTHERS}" if is_named else finding.location)
                fingerprint = finding.fingerprint
            else:
                group.add(fingerprint)
            known = self._kept.get(fingerprint)
            self._kept[fingerprint] = finding if known is None else merged([known, finding])[0]

    @property
    def findings(self) -> list[Finding]:
        """All findings, the worst first."""
        return merged(self._kept.values())
