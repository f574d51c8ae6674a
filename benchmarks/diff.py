"""``vla diff`` beside other programs that compare OpenAPI documents: processor time, memory, and what each sees."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks import measuring
from benchmarks.documents import document, edited
from benchmarks.results import Goal, Measurement
from benchmarks.run import Run
from benchmarks.servers import MissingPeerError
from tests.diff.edits import SCHEMAS, Edit
from tests.diff.test_rulings import document as with_schemas

_SIZES = {"100 kB": 100_000, "1 MB": 1_000_000, "5 MB": 5_000_000}
_MEBI = 1 << 20
# What a program says of a pair of documents: whether anything of the contract changed, and whether it breaks.
Said = tuple[bool, bool]


@dataclass(frozen=True)
class Program:
    """A program that compares two documents.

    Attributes:
        name: With its version.
        command: Without the two documents.
        said: Reads its output.
    """

    name: str
    command: tuple[str, ...]
    said: Callable[[str], Said]

    def run(self, old: Path, new: Path) -> tuple[str, float, int]:
        """Its output, the processor seconds, and the peak of memory in bytes."""
        command = [self.command[0], *self.command[1:], str(old), str(new)]
        with subprocess.Popen(
            command, cwd=old.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_quiet()
        ) as process:
            assert process.stdout is not None
            output = process.stdout.read()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        return output, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def _quiet() -> dict[str, str]:
    """No program may report home or look for a newer version of itself."""
    off = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "DO_NOT_TRACK": "1"}
    return {**os.environ, **off, "OPTIC_TELEMETRY_LEVEL": "off", "NO_COLOR": "1", "CI": "true"}


def _of_ours(output: str) -> Said:
    verdict = json.loads(output)["verdict"]
    return verdict in {"breaking", "compatible"}, verdict == "breaking"


def _of_redocly(output: str) -> Said:
    counted = json.loads(output)["summary"]
    return bool(counted["major"] or counted["minor"]), bool(counted["major"])


def _of_specshift(output: str) -> Said:
    counted = json.loads(output)["summary"]
    return bool(counted["total"]), bool(counted["breaking"])


def _of_optic(output: str) -> Said:
    if "Operations:" not in output and "No changes" not in output:
        raise ValueError(output)
    return "No changes" not in output, "breaking change" in output


def _programs(run: Run) -> Iterator[Program]:
    yield Program("vla", (sys.executable, "-m", "contract_kit", "diff", "--format", "json"), _of_ours)
    found = {
        "redocly": (("diff", "--format", "json", "--fail-on", "none"), _of_redocly),
        "specshift": (("diff", "--format", "json"), _of_specshift),
        "optic": (("diff", "--check"), _of_optic),
    }
    for name, (arguments, said) in found.items():
        program = shutil.which(getattr(run, name) or name)
        if program is None:
            raise MissingPeerError(f"{name} not found: run `tox run -e benchmarks -- diff-seconds diff-edits`")
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, env=_quiet())
        run.peers[name] = version.stdout.split()[-1]
        yield Program(name, (program, *arguments), said)


def seconds(run: Run) -> list[Measurement]:
    """Processor seconds of pairs with twenty edits, and the peak of memory."""
    ours, redocly, specshift, _ = _programs(run)
    found: list[Measurement] = []
    for size, characters in _SIZES.items():
        for kind in ("JSON", "YAML"):
            old, new = _pair(run.folder, characters, kind)
            both = old.stat().st_size + new.stat().st_size
            peaks: dict[str, int] = {}

            def processor(program: Program, old: Path = old, new: Path = new, peaks: dict[str, int] = peaks) -> float:
                output, spent, peaks[program.name] = program.run(old, new)
                program.said(output)
                return spent

            # The slowest is asked for the largest files once.
            sides = {"vla": lambda: processor(ours), "redocly": lambda: processor(redocly)}
            figures = measuring.alternate(sides, run.rounds, say=run.say)
            figures["specshift"] = [processor(specshift)]
            goals = {("5 MB", "JSON"): Goal("≤", 0.5), ("5 MB", "YAML"): Goal("≤", 2)}
            found.append(
                Measurement(
                    f"{size} {kind}: vla ÷ redocly",
                    measuring.ratio(figures["vla"], figures["redocly"]),
                    "×",
                    goals.get((size, kind)),
                    figures,
                    "s of the processor",
                )
            )
            if size == "5 MB":
                among = {name: peak / both for name, peak in peaks.items()}
                what = f"{size} {kind}: peak of memory of vla ÷ both files ({both / _MEBI:.1f} MiB)"
                found.append(Measurement(what, among["vla"], "×", Goal("≤", 20), among=among))
    return found


def _pair(folder: Path, characters: int, kind: str) -> tuple[Path, Path]:
    original = document(characters)
    files = []
    for name, each in (("old", original), ("new", edited(original))):
        file = folder / f"{name}.{kind.lower()}"
        if kind == "JSON":
            file.write_text(json.dumps(each, indent=2), encoding="utf-8")
        else:
            with file.open("w", encoding="utf-8") as stream:
                yaml.dump(each, stream, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        files.append(file)
    return files[0], files[1]


def edits(run: Run) -> list[Measurement]:
    """Of the edits of schemas that the tests know, in a request and in a response: what each program sees, and how."""
    programs = list(_programs(run))
    seen = {program.name: 0 for program in programs}
    rated = dict(seen)
    refused: dict[str, int] = dict(seen)
    total = 0
    for name, edit in SCHEMAS.items():
        for direction, impact in (("request", edit.request), ("response", edit.response)):
            total += 1
            old, new = _of_edit(run.folder, edit, direction)
            for program in programs:
                try:
                    is_seen, is_breaking = program.said(program.run(old, new)[0])
                except ValueError:
                    refused[program.name] += 1
                    continue
                seen[program.name] += is_seen
                rated[program.name] += is_seen and is_breaking == (impact == "breaking")
        run.say(f"{name}: seen {seen}, rated {rated}, refused {refused}")
    return [
        Measurement(f"of {total} pairs, {program}: {what}", counted[program], "")
        for program in seen
        for what, counted in (("seen", seen), ("seen and rated as here", rated), ("refused", refused))
    ]


def _of_edit(folder: Path, edit: Edit, direction: str) -> tuple[Path, Path]:
    files = []
    for name, schema in (("old", edit.before), ("new", edit.after)):
        held: Any = {"type": "object", "properties": {"value": schema}}
        version = "3.0.3" if edit.version == "3.0" else "3.1.0"
        parameters = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
        made = with_schemas(
            **{"sent" if direction == "request" else "got": held}, version=version, parameters=parameters
        )
        file = folder / f"{name}-edit.json"
        file.write_text(json.dumps(made), encoding="utf-8")
        files.append(file)
    return files[0], files[1]
