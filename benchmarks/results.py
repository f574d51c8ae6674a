"""What a benchmark found: as JSON beside this file, and as rows of the table in README.md."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
README = Path(__file__).parent / "README.md"
_BEGIN, _END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass(frozen=True)
class Goal:
    """A bound that the issue names: ``sign`` is ``≥`` or ``≤``."""

    sign: str
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether ``value`` keeps to the bound."""
        return value >= self.bound if self.sign == "≥" else value <= self.bound


@dataclass(frozen=True)
class Measurement:
    """One figure: ``value`` in ``unit``, for ratios ``×``.

    ``sides`` holds what each side gave in each round, in ``sides_unit``; ``among``, where the value is the worst of
    several, all of them.
    """

    what: str
    value: float
    unit: str
    goal: Goal | None = None
    sides: dict[str, list[float]] = field(default_factory=dict)
    sides_unit: str = ""
    among: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal is met, None without one."""
        return None if self.goal is None else self.goal.is_met(self.value)


def write(name: str, measurements: Sequence[Measurement], facts: dict[str, object], options: dict[str, object]) -> None:
    """Write ``results/<name>.json`` and the table."""
    FOLDER.mkdir(exist_ok=True)
    content = {
        "benchmark": name,
        "machine": facts,
        "options": options,
        "measurements": [_rounded({**asdict(each), "met": each.met}) for each in measurements],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    _write_table()


def lines(measurements: Sequence[Measurement]) -> list[str]:
    """Return the measurements for people, one line each."""
    return [
        f"{each.what}: {_number(each.value)} {each.unit}"
        + ("" if each.goal is None else f" ({each.goal.sign} {each.goal.bound:g}: {'met' if each.met else 'MISSED'})")
        for each in measurements
    ]


def _write_table() -> None:
    rows = ["| what | measured | goal | |", "|---|---|---|---|"]
    for path in sorted(FOLDER.glob("*.json")):
        for each in json.loads(path.read_text(encoding="utf-8"))["measurements"]:
            goal = "" if each["goal"] is None else f"{each['goal']['sign']} {each['goal']['bound']:g}"
            met = {None: "", True: "met", False: "**missed**"}[each["met"]]
            rows.append(f"| {each['what']} | {_number(each['value'])} {each['unit']} | {goal} | {met} |")
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    README.write_text(f"{before}{_BEGIN}\n" + "\n".join(rows) + f"\n{_END}{after}", encoding="utf-8")


def _rounded(value: Any) -> Any:
    """Four digits: what lies behind them is noise."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def spaced(count: float) -> str:
    """Return ``1 000 000`` for a million."""
    return f"{count:,.0f}".replace(",", " ")


def _number(value: float) -> str:
    return spaced(value) if value >= 1000 else f"{value:.3g}"
