"""The result of settling as JSON, Markdown and HTML."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from contract_kit import atomic_write
from contract_kit.errors import FileError
from contract_kit.redaction import Redactor
from contract_kit.settle.questions import Conclusion, Verdict, verdict_of
from contract_kit.settle.settling import Settlement

FORMAT = 1
NAMES = ("settle.json", "settle.md", "settle.html")
_NOT_LIVE = "This is not the live API: nothing here says anything about it."


def grouped(settlement: Settlement) -> dict[str, list[Conclusion]]:
    """The conclusions by decision."""
    found: dict[str, list[Conclusion]] = {}
    for each in settlement.conclusions:
        found.setdefault(each.question.decision, []).append(each)
    return found


def counts(settlement: Settlement) -> str:
    """One line: ``21 confirmed, 2 refuted, 1 undecided, 6 not seen, of 30 clauses; 96 requests``."""
    told = [f"{sum(each.verdict is verdict for each in settlement.conclusions)} {verdict}" for verdict in Verdict]
    return f"{', '.join(told)}, of {len(settlement.conclusions)} clauses; {settlement.sent} requests"


def changes(settlement: Settlement, before: Any) -> list[str]:
    """What is otherwise than the last time; ``before`` is the JSON of then."""
    if not isinstance(before, dict):
        return []
    then = {(each["decision"], each["clause"]): each for each in before.get("clauses", [])}
    found = []
    for each in settlement.conclusions:
        last = then.get((each.question.decision, each.question.clause.name))
        if last and (last["verdict"], last["answer"]) != (each.verdict, each.answer):
            was, now = last["answer"] or last["verdict"], each.answer or each.verdict
            found.append(f"{each.question.decision}, {each.question.clause.name}: {was} then, {now} now")
    return found


def document(settlement: Settlement, before: Any) -> dict[str, Any]:
    """The result for machines."""
    return {
        "format": FORMAT,
        "target": settlement.target,
        "live": settlement.is_live,
        "requests": settlement.sent,
        "remarks": list(settlement.remarks),
        "changes": changes(settlement, before),
        "decisions": {decision: verdict_of(each) for decision, each in grouped(settlement).items()},
        "clauses": [
            {
                "decision": each.question.decision,
                "clause": each.question.clause.name,
                "decided": each.question.decided,
                "verdict": each.verdict,
                "answer": each.answer,
                "said": each.said,
                "follows": each.question.clause.answers.get(each.answer, ""),
                "requests": list(each.requests),
            }
            for each in settlement.conclusions
        ],
        "asked": [{"number": each.number, "status": each.status} for each in settlement.answers],
    }


def markdown(settlement: Settlement, before: Any) -> Iterator[str]:
    """The result for people, line by line."""
    yield "# What was assumed, and what is so"
    yield ""
    yield f"Asked: {settlement.target}. {counts(settlement)}."
    if not settlement.is_live:
        yield f"**{_NOT_LIVE}**"
    for heading, lines in (("Since the last time", changes(settlement, before)), ("Remarks", settlement.remarks)):
        if lines:
            yield from ("", f"## {heading}", "", *(f"* {each}" for each in lines))
    for verdict, heading in (
        (Verdict.REFUTED, "Refuted: the decision has to change"),
        (Verdict.UNDECIDED, "Undecided: answers contradict each other"),
        (Verdict.CONFIRMED, "Confirmed"),
        (Verdict.NOT_SEEN, "Still open, and how to see it"),
    ):
        chosen = [each for each in settlement.conclusions if each.verdict is verdict]
        if not chosen:
            continue
        yield from (
            "",
            f"## {heading}",
            "",
            "| decision | clause | answer | what was seen | requests |",
            "|---|---|---|---|---|",
        )
        for each in chosen:
            question = each.question
            numbers = ", ".join(map(str, each.requests[:5])) + (", …" if len(each.requests) > 5 else "")
            cells = (f"{question.decision}, {question.title}", question.clause.name, each.answer, each.said, numbers)
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def as_html(lines: Sequence[str]) -> str:
    """The same page as HTML that needs nothing else."""
    body: list[str] = []
    in_table = False
    for line in lines:
        text = html.escape(line)
        if line.startswith("|"):
            if set(line) <= set("|-"):
                continue
            cells = [cell.strip() for cell in text.strip("|").split(" | ")]
            tag = "td" if in_table else "th"
            body.append("" if in_table else "<table>")
            body.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
            in_table = True
            continue
        if in_table:
            body.append("</table>")
            in_table = False
        level = len(line) - len(line.lstrip("#"))
        if level:
            body.append(f"<h{level}>{text.lstrip('# ')}</h{level}>")
        elif line:
            body.append(f"<p>{text.strip('*')}</p>")
    body.append("</table>" if in_table else "")
    style = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    style += (
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left;"
    )
    style += "vertical-align:top}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Settled assumptions</title>'
    meta = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    return f"{head}{meta}<style>{style}</style></head><body>{''.join(body)}</body></html>\n"


def last_time(folder: Path) -> Any:
    """The JSON of the last run in this folder; None if there is none. Raises FileError if it is none of ours."""
    file = folder / NAMES[0]
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise FileError(file, "is no result of settle: move it away, or name another folder with --output") from None
    return found


def write(settlement: Settlement, folder: Path, before: Any, redactor: Redactor) -> None:
    """Write all three files; what is secret stays out."""
    lines = [redactor.cleaned(line) for line in markdown(settlement, before)]
    found = redactor.cleaned_json(document(settlement, before))
    texts = (json.dumps(found, indent=1, ensure_ascii=False) + "\n", "\n".join(lines) + "\n", as_html(lines))
    for name, text in zip(NAMES, texts, strict=True):
        atomic_write.write(folder / name, text.encode(), "name another folder with --output")
