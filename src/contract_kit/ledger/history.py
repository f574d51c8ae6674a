"""Read the tables of a collection of facts: rows that begin with a date, or with a number and a source."""

from __future__ import annotations

import re

from contract_kit.document import METHODS


def dated_rows(text: str) -> dict[str, str]:
    """Return the rows of a history table by date; the line "Constant throughout…" has the key ``undated``.

    A row dated ``2022-04-06, -20`` is returned under both dates.
    """
    rows: dict[str, str] = {}
    for line in text.splitlines():
        if match := re.match(r"\| (\d{4}-\d\d-)(\d\d)((?:, -\d\d)*) \| (.*) \|$", line):
            for day in (match[2], *re.findall(r"\d\d", match[3])):
                rows[match[1] + day] = match[4]
        elif rows and (found := re.search(r"Constant throughout.*", line)):
            rows.setdefault("undated", found[0])
    return rows


def numbered_rows(text: str) -> dict[str, dict[str, str]]:
    """Return what rows such as ``| F1 | `docs-older` | where | says | speaks to |`` say, by source and number."""
    rows: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if match := re.match(r"\| ([A-Z]\d+) \| `([\w-]+)` \| .*? \| (.*) \| [^|]* \|$", line):
            rows.setdefault(match[2], {})[match[1]] = match[3]
    return rows


def names_in_row(row: str) -> list[str]:
    """Return the names in a dated row: words in backticks, words with an underscore, and methods of a list."""
    methods = "|".join(METHODS).upper()
    lists = re.findall(rf"\b(?:{methods})(?:,? (?:{methods}))+\b", row)
    names = re.findall(r"`([^`]+)`", row) + re.findall(r"(?<![\w*])[a-z]+_[\w*]+", row)
    return list(dict.fromkeys(names + [method for found in lists for method in re.findall(r"\w+", found)]))
