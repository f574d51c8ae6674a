"""``python -m benchmarks.mutation``: what the check and what stock schemathesis detect of the emulator's faults.

Both see the same document and an emulator with the same fault planted. A fault is detected when something is reported
that is not reported without it: for the check any finding, for schemathesis a kind of failure at an operation.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks import machine, results
from benchmarks.results import Goal, Measurement
from contract_kit.check import selftest
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.emulator.faults.registry import Fault
from contract_kit.kits import load_kit
from video_log_analyzer.folders import openapi_folder
from video_log_analyzer.kit import KIT

Failures = set[tuple[str, str]]


def schemathesis_failures(faults: Sequence[str]) -> tuple[Failures, str]:
    """What ``st run`` with all checks and its own settings reports, as kind and operation; and its version."""
    options = [part for name in faults for part in ("--fault", name)]
    with EmbeddedEmulator(KIT, options) as emulator, tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        target, report = emulator.target, Path(folder) / "report.json"
        credentials = f"{target.credentials.username}:{target.credentials.secret}"
        command = [sys.executable, "-m", "schemathesis.cli", "run", str(openapi_folder() / "video-log-analyzer.yaml")]
        command += ["--url", target.url, "--auth", credentials, "--checks", "all", "--seed", "1", "--no-color"]
        command += ["--generation-database", "none", "--report", "json", "--report-json-path", str(report)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SCHEMATHESIS_")}
        subprocess.run(command, cwd=folder, env=clean, capture_output=True, timeout=900, check=False)
        data: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    found = {(failure["type"], operation) for failure in data["failures"] for operation in failure["operations"]}
    errors = {(error.get("type", "error"), "") for error in data["errors"]}
    return found | errors, data["schemathesis_version"]


def main() -> int:
    """Run both, print a table by family, write every fault to results/mutation.json."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=main.__doc__)
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="only this one; may be repeated")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="only each Nth fault, by the order of the list"
    )
    parser.add_argument("--jobs", type=int, default=selftest.default_jobs(), help="default: one a processor")
    parser.add_argument("--ours", type=Path, metavar="FILE", help="what `vla selftest --json` wrote; default: run it")
    parser.add_argument("--dry", action="store_true", help="write no results")
    options = parser.parse_args()
    faults = selftest.chosen_faults(KIT, options.fault)[:: options.every]

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    if options.ours is not None:
        read = json.loads(options.ours.read_text(encoding="utf-8"))
        ours = {each["fault"]: bool(each["findings"]) for each in read}
    else:
        ran = selftest.detections(
            load_kit("video_log_analyzer.kit:KIT"), faults, os.environ, jobs=options.jobs, tell=tell
        )
        ours = {each.fault: bool(each.findings) for each in ran}
    without, version = schemathesis_failures([])

    def stock(fault: Fault) -> bool:
        found = bool(schemathesis_failures([fault.name])[0] - without)
        tell(f"schemathesis: {fault.name}: {'detected' if found else 'not detected'}")
        return found

    with ThreadPoolExecutor(options.jobs) as pool:
        theirs = dict(zip([fault.name for fault in faults], pool.map(stock, faults), strict=True))
    rows = [
        {"fault": each.name, "kind": each.kind, "family": each.family, "vla": ours[each.name], "st": theirs[each.name]}
        for each in faults
    ]
    print("\n".join(table(rows)))
    if not options.dry:
        results.write(
            "mutation", measurements(rows), machine.facts(), {"schemathesis version": version, "faults": rows}
        )
    return 0


def measurements(rows: Sequence[dict[str, Any]]) -> list[Measurement]:
    """How many faults each side treats as it should not, and should."""
    contract = [row for row in rows if row["kind"] == "contract"]
    transient = [row for row in rows if row["kind"] == "transient failure"]
    found, all_of_them = f"of {len(contract)} contract faults detected", Goal("≥", len(contract))
    alarms = f"of {len(transient)} transient failures reported"
    return [
        Measurement(f"{found}: `vla check`", sum(row["vla"] for row in contract), "", all_of_them),
        Measurement(f"{found}: stock schemathesis", sum(row["st"] for row in contract), ""),
        Measurement(f"{alarms}: `vla check`", sum(row["vla"] for row in transient), "", Goal("≤", 0)),
        Measurement(f"{alarms}: stock schemathesis", sum(row["st"] for row in transient), ""),
    ]


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The table of benchmarks/README.md: detected faults by family."""
    families: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        families[row["kind"], row["family"] if row["kind"] == "contract" else ""].append(row)
    lines = ["| faults | how many | `vla check` | stock schemathesis |", "|---|---|---|---|"]
    contract = [row for row in rows if row["kind"] == "contract"]
    groups = [(family, of) for (kind, family), of in families.items() if kind == "contract"]
    for name, of in [*groups, ("**all contract faults: detected**", contract)]:
        lines.append(f"| {name} | {len(of)} | {sum(row['vla'] for row in of)} | {sum(row['st'] for row in of)} |")
    for of in (of for (kind, _), of in families.items() if kind == "transient failure"):
        wrong = [str(sum(row[name] for row in of)) for name in ("vla", "st")]
        lines.append(f"| transient failures: false alarms | {len(of)} | {' | '.join(wrong)} |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
