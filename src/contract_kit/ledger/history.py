"""Read a history of changes (notation ``dated-rows``): a table whose rows begin with a date."""

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


def names_in_row(row: str) -> list[str]:
    """Return the names in a dated row: words in backticks, words with an underscore, and methods of a list."""
    methods = "|".join(METHODS).upper()
    lists = re.findall(rf"\b(?:{methods})(?:,? (?:{methods}))+\b", row)
    names = re.findall(r"`([^`]+)`", row) + re.findall(r"(?<![\w*])[a-z]+_[\w*]+", row)
    return list(dict.fromkeys(names + [method for found in lists for method in re.findall(r"\w+", found)]))
