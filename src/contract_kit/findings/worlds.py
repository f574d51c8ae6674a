"""Findings that are expected where an assumption of the ledger is known not to hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contract_kit.findings.finding import Finding, State, ordered
from contract_kit.findings.groups import groups


def expected_in(findings: Iterable[Finding], worlds: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings, those accepted that contradict the decision of a world, and what is grouped with them.

    Args:
        findings: The findings of a run.
        worlds: What the target does otherwise: ``("D17=in-progress-listed",)``. Which other answer it is makes no
            difference: where the assumption does not hold, nothing that rests on it is judged.
    """
    told = {world.partition("=")[0]: world for world in worlds}
    if not told:
        return tuple(findings)
    found = []
    for group in groups(findings):
        # Pages that were asked for with a bound that acts otherwise do not join, which contradicts another assumption.
        contradicted = [each.assumption for each in group.findings] if group.root.assumption else []
        world = next((told[each] for each in contradicted if each in told), None)
        for finding in group.findings:
            note = "; ".join(filter(None, [finding.note, f"expected in the world {world}"]))
            found.append(replace(finding, state=State.ACCEPTED, note=note) if world else finding)
    return tuple(ordered(found))
