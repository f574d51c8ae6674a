"""Read the last report, for the commands that follow a run: ``accept``, ``recheck``."""

from __future__ import annotations

import json
import re
from pathlib import Path

from contract_kit.errors import FileError, UsageError
from contract_kit.findings.finding import Finding
from contract_kit.findings.results import Result

FILE = "report.json"


def load(folder: Path, program: str) -> Result:
    """Read the result in ``folder``; messages name ``program`` as the command that creates one.

    Raises:
        UsageError: there is no report.
        FileError: the report cannot be read, or has another format version.
    """
    path = folder / FILE
    try:
        return Result.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"there is no report in {folder}: run `{program} check` first, or say with --report-dir where it is"
        ) from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8 (byte {error.start}): run `{program} check` again") from None
    except json.JSONDecodeError as error:
        raise FileError(path, f"is not JSON: {error.msg}: run `{program} check` again", error.lineno) from None
    except KeyError as error:
        raise FileError(path, f"is no report of this version: it lacks {error}: run `{program} check` again") from None
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise FileError(path, f"is no report of this version: {error}: run `{program} check` again") from None


def finding(result: Result, prefix: str) -> Finding:
    """Return the finding whose fingerprint begins with ``prefix``, at least six hexadecimal digits.

    Raises:
        UsageError: ``prefix`` is no fingerprint, or not exactly one finding has it.
    """
    if not re.fullmatch(r"[0-9a-fA-F]{6,12}", prefix):
        raise UsageError(f"{prefix!r} is no fingerprint: give its twelve hexadecimal digits, or the first six or more")
    found = [each for each in result.findings if each.fingerprint.startswith(prefix.lower())]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{prefix} is ambiguous: give more digits: {'; '.join(map(named, found))}")
    known = ", ".join(each.fingerprint for each in result.findings[:8])
    more = f" and {len(result.findings) - 8} more" if len(result.findings) > 8 else ""
    raise UsageError(
        f"the last report, of {result.started}, has no finding {prefix}: it has {known or 'no findings at all'}{more}"
    )


def named(finding: Finding) -> str:
    """Return a finding as one line: ``56f8f0a95d62 undocumented value: list_items /items/*/status: lost``."""
    location = finding.location or "(body)"
    return f"{finding.fingerprint} {finding.kind}: {finding.operation} {location}: {' '.join(finding.value.split())}"
