"""``vla settle``: requests and seconds that a settled decision costs, and how much of what is assumed gets settled."""

from __future__ import annotations

import statistics
import time

from benchmarks.results import Goal, Measurement
from benchmarks.run import Run
from contract_kit import contract
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.settle.asking import Asker
from contract_kit.settle.questions import Verdict
from contract_kit.settle.settling import settle
from video_log_analyzer.kit import KIT

_SETTLED = {Verdict.CONFIRMED, Verdict.REFUTED}


def cost(run: Run) -> list[Measurement]:
    """Settle emulators of 200 ordinary rooms, as fast as it goes."""
    opened = contract.load(KIT)
    seconds, requests, shares, decisions = [], [], [], []
    for number in range(1, run.rounds + 1):
        with (
            EmbeddedEmulator(KIT, ["--seed", str(number), "--rooms", "200"]) as emulator,
            Asker(emulator.target, opened, per_second=None) as asker,
        ):
            start = time.perf_counter()
            found = settle(opened, asker)
            seconds.append(time.perf_counter() - start)
        assumed = [each for each in found.conclusions if each.question.is_assumed and each.question.clause.answers]
        shares.append(sum(each.verdict in _SETTLED for each in assumed) / len(assumed))
        of_decisions: dict[str, list[Verdict]] = {}
        for each in assumed:
            of_decisions.setdefault(each.question.decision, []).append(each.verdict)
        settled = sum(all(verdict in _SETTLED for verdict in each) for each in of_decisions.values())
        decisions.append(float(settled))
        requests.append(float(found.sent))
        run.say(f"round {number}: {found.sent} requests, {settled} of {len(of_decisions)} decisions")
    per = [asked / count for asked, count in zip(requests, decisions, strict=True)]
    return [
        Measurement("200 rooms: requests of settle", max(requests), "", Goal("≤", 300), {"settle": requests}),
        Measurement(
            "200 rooms: of the clauses of assumed decisions that GET can show, settled",
            min(shares),
            "",
            Goal("≥", 0.9),
            {"settle": shares},
        ),
        Measurement("200 rooms: requests a settled decision", statistics.median(per), ""),
        Measurement("200 rooms: seconds a settled decision at 5 requests a second", statistics.median(per) / 5, "s"),
        Measurement(
            "200 rooms: seconds a settled decision on this machine, the rate off",
            statistics.median(took / count for took, count in zip(seconds, decisions, strict=True)),
            "s",
        ),
    ]
