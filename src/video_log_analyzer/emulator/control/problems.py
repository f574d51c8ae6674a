"""The mistakes of a call, collected so that one answer reports all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from contract_kit.near_miss import did_you_mean
from video_log_analyzer.emulator.lifecycle import in_order

MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class CallProblem:
    """One mistake: the JSON ``pointer`` of a value ("" for the whole body), and its ``line`` in a bulk load."""

    pointer: str
    message: str
    line: int | None = None


class ControlError(Exception):
    """A call that was refused; nothing of it was stored."""

    def __init__(self, status: int, *problems: CallProblem, allow: str | None = None) -> None:
        self.status = status
        self.problems = problems
        self.allow = allow
        super().__init__("; ".join(f"{problem.pointer} {problem.message}".strip() for problem in problems))


@dataclass
class Problems:
    """Collects mistakes, at most a hundred."""

    found: list[CallProblem] = field(default_factory=list)
    line: int | None = None

    @property
    def is_full(self) -> bool:
        """Whether further mistakes would not be kept."""
        return len(self.found) >= MOST_PROBLEMS

    def add(self, pointer: str, message: str) -> None:
        """Add one."""
        if not self.is_full:
            self.found.append(CallProblem(pointer, message, self.line))

    def require_order(self, pointer: str, end: int | None, name: str, start: int | None) -> None:
        """Add a mistake if ``end`` is before ``start``, which is called ``name``: nothing ends before it begins."""
        if not in_order(start, end):
            self.add(pointer, f"expected a time that is not before {name}")

    def raise_any(self) -> None:
        """Raise ControlError 400 with everything found, if there is anything."""
        if self.found:
            raise ControlError(400, *self.found)


def not_found(what: str) -> ControlError:
    """Return the error for a room, participant or account that is not there."""
    return ControlError(404, CallProblem("", f"{what} was not found"))


def unknown(name: str, known: Iterable[str]) -> str:
    """Return the message for a key or name that does not exist, with the nearest that does."""
    known = sorted(known)
    return "unknown" + (did_you_mean(name, known) or f"; expected one of {', '.join(known)}")
