"""The result of settling as JSON, Markdown and HTML."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contract_kit import atomic_write
from contract_kit.errors import FileError
from contract_kit.redaction import Redactor
from contract_kit.settle.covering import ShownParts
from contract_kit.settle.questions import Conclusion, Sighting, Verdict, verdict_of
from contract_kit.settle.settling import Learnt, Settlement

FORMAT = 2
Answers = dict[tuple[str, str], tuple[str, str]]
"""The verdict and the answer of each clause: ``{("D17", "the default"): ("confirmed", "fifty")}``."""

NAMES = ("settle.json", "settle.md", "settle.html")
_NOT_LIVE = "This is not the live API: nothing here says anything about it."


@dataclass(frozen=True)
class LastTime:
    """What the output folder holds of the run before.

    Attributes:
        target: What was asked.
        is_whole: Whether it was asked to the end.
        answers: The verdict and the answer of each clause.
        earlier: The same of the run before that one.
        learnt: What can be gone on with.
    """

    target: str
    is_whole: bool
    answers: Answers
    earlier: Answers
    learnt: Learnt


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


def changes(settlement: Settlement, before: Answers) -> list[str]:
    """What is otherwise than the last time; ``before`` is the verdict and the answer of each clause then."""
    found = []
    for each in settlement.conclusions:
        last = before.get(each.question.key)
        if last and last != (each.verdict, each.answer):
            was, now = last[1] or last[0], each.answer or each.verdict
            found.append(f"{each.question.decision}, {each.question.clause.name}: {was} then, {now} now")
    return found


def document(settlement: Settlement, shown: ShownParts, before: Answers) -> dict[str, Any]:
    """The result for machines."""
    return {
        "format": FORMAT,
        "target": settlement.target,
        "live": settlement.is_live,
        "whole": settlement.is_whole,
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
                "fooled_by": each.fooled_by,
                "requests": list(each.requests),
            }
            for each in settlement.conclusions
        ],
        "news": [{"operation": each.operation, "kind": each.kind, "location": each.location, "value": each.value}
                 for each in shown.news],
        "not_shown": [
            {"operation": each.operation, "aspect": each.aspect, "name": each.name}
            for each in shown.coverage if not each.count
        ],
        "asked": [{"number": each.number, "status": each.status} for each in settlement.answers],
        "before": [[*clause, *answer] for clause, answer in before.items()],
        "learnt": asdict(settlement.learnt),
    }  # fmt: skip


def markdown(settlement: Settlement, shown: ShownParts, before: Answers) -> Iterator[str]:
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
    if shown.news:
        yield from ("", "## Seen, and not in the document", "")
        yield from (
            f"* {each.operation}, {each.location}: {each.kind}, {each.value or each.found}" for each in shown.news
        )
    yield from ("", "## What answers have shown of the document", "")
    yield from _shown(shown)
    deceivers = Counter(each.fooled_by for each in settlement.conclusions if each.fooled_by)
    if deceivers:
        yield from ("", "## What would have deceived the questions", "")
        yield from (f"* {each} ({count} clauses)" for each, count in deceivers.most_common())


def _shown(shown: ShownParts) -> Iterator[str]:
    """One line for each aspect, and up to ten names of what is missing."""
    everything = shown.coverage
    for aspect in dict.fromkeys(each.aspect for each in everything):
        of_aspect = [each for each in everything if each.aspect == aspect]
        missing = [f"{each.operation} {each.name}" for each in of_aspect if not each.count]
        more = f", … {len(missing) - 10} more" if len(missing) > 10 else ""
        told = f"; not: {', '.join(missing[:10])}{more}" if missing else ""
        yield f"* {aspect}: {len(of_aspect) - len(missing)} of {len(of_aspect)}{told}"


def as_html(lines: Sequence[str]) -> str:
    """The same page as HTML that needs nothing else."""
    body: list[str] = []
    opened = ""
    for line in lines:
        text = html.escape(line)
        wanted = "table" if line.startswith("|") else "ul" if line.startswith("* ") else ""
        is_first = wanted != opened
        if is_first:
            body += [f"</{opened}>" if opened else "", f"<{wanted}>" if wanted else ""]
            opened = wanted
        level = len(line) - len(line.lstrip("#"))
        if wanted == "table" and not set(line) <= set("|-"):
            cells = [cell.strip() for cell in text.strip("|").split(" | ")]
            tag = "th" if is_first else "td"
            body.append("<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>")
        elif wanted == "ul":
            body.append(f"<li>{text[2:]}</li>")
        elif level:
            body.append(f"<h{level}>{text.lstrip('# ')}</h{level}>")
        elif line and not wanted:
            body.append(f"<p>{text.strip('*')}</p>")
    body.append(f"</{opened}>" if opened else "")
    style = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    style += (
        "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem .6rem;text-align:left;"
    )
    style += "vertical-align:top}@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}"
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Settled assumptions</title>'
    meta = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    return f"{head}{meta}<style>{style}</style></head><body>{''.join(body)}</body></html>\n"


def last_time(folder: Path) -> LastTime | None:
    """What the last run in this folder said; None if there was none. Raises FileError if it is none of ours."""
    file = folder / NAMES[0]
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        learnt = found["learnt"]
        return LastTime(
            found["target"],
            found["whole"],
            {(each["decision"], each["clause"]): (each["verdict"], each["answer"]) for each in found["clauses"]},
            {(decision, clause): (verdict, answer) for decision, clause, verdict, answer in found["before"]},
            Learnt(
                tuple(learnt["finished"]),
                tuple(Sighting(**{**each, "requests": tuple(each["requests"])}) for each in learnt["sightings"]),
                int(learnt["sent"]),
            ),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise FileError(file, "is no result of settle: move it away, or name another folder with --output") from None


def write(
    settlement: Settlement,
    shown: ShownParts,
    folder: Path,
    before: Answers,
    redactor: Redactor,
) -> None:
    """Write all three files; what is secret stays out."""
    lines = [redactor.cleaned(line) for line in markdown(settlement, shown, before)]
    found = redactor.cleaned_json(document(settlement, shown, before))
    texts = (json.dumps(found, indent=1, ensure_ascii=False) + "\n", "\n".join(lines) + "\n", as_html(lines))
    for name, text in zip(NAMES, texts, strict=True):
        atomic_write.write(folder / name, text.encode(), "name another folder with --output")
