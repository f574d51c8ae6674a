#!/usr/bin/env python3
"""Write docs/fidelity.md and the README's line of evidence; with --check, only compare. Exit status: 0, 1 or 2."""

from __future__ import annotations

import re
import sys
from pathlib import Path

try:
    from contract_kit import atomic_write, contract
    from contract_kit.cassettes import cassette, fidelity
    from contract_kit.errors import ContractKitError
    from contract_kit.ledger import model
    from video_log_analyzer.kit import KIT
except ModuleNotFoundError as missing:
    print(
        f"fidelity: {missing.name} is not installed: run scripts/check once, which sets up .venv, "
        "then .venv/bin/python scripts/fidelity.py",
        file=sys.stderr,
    )
    sys.exit(2)

ROOT = Path(__file__).resolve().parent.parent
OPENAPI = ROOT / "openapi"
FOLDERS = (ROOT / "contract_tests" / "cassettes", OPENAPI / "observed")
MADE_BY = "Made by `scripts/fidelity.py` from `contract_tests/cassettes/` and `openapi/observed/`."
LINE = re.compile(r"^\*\*\d+ decisions: .*$", re.MULTILINE)


def evidence(ledger: model.Ledger) -> str:
    """The README's line: how many decisions rest on sources, on observations, and on nothing yet."""
    observed = {claim.id for claim in ledger.claims if ledger.source[claim.source].is_observation}
    settled = [each for each in ledger.decisions if each.status == model.SETTLED]
    seen = sum(not observed.isdisjoint(each.supports) for each in settled)
    count = len(ledger.decisions)
    told = f"{len(settled) - seen} settled by sources, {seen} settled by observation, {count - len(settled)} assumed"
    return f"**{count} decisions: {told}** ([evidence](docs/evidence.md))."


def pages() -> dict[Path, str]:
    """What the files have to be."""
    recorded = [each for folder in FOLDERS for each in cassette.load_all(folder)]
    readme = ROOT / "README.md"
    line, text = evidence(model.load(OPENAPI)), readme.read_text(encoding="utf-8")
    return {
        ROOT / "docs" / "fidelity.md": fidelity.table(fidelity.confirmations(recorded, contract.load(KIT)), MADE_BY),
        readme: LINE.sub(lambda _: line, text, count=1) if LINE.search(text) else f"{text}\n{line}\n",
    }


def main(arguments: list[str]) -> int:
    """Write or compare the pages; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        wanted = pages()
    except ContractKitError as error:
        print(f"fidelity: {error}", file=sys.stderr)
        return error.exit_status
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        name = path.relative_to(ROOT)
        if arguments:
            print(f"{name} is not what cassettes and ledger make: run scripts/fidelity.py", file=sys.stderr)
        else:
            atomic_write.write(path, wanted[path].encode(), "make the folder writable")
    return int(bool(arguments and stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
