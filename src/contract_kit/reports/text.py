"""Turn values from a server into safe text for reports."""

from __future__ import annotations


def visible(text: str, keep: str = "") -> str:
    r"""Escape every unprintable character: control characters, bidirectional overrides, lone surrogates.

    ``"\x1b[2J"`` becomes ``r"\x1b[2J"``; characters in ``keep`` stay.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _spelled(ord(char)) for char in text)


def _spelled(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def line(text: str, most: int = 220) -> str:
    """Return the text on one line, cut to ``most`` characters."""
    # A bound for the work on long texts: at most the first ``most`` characters are shown.
    cut = text[: 4 * most + 4]
    shown = visible(" ".join(cut.split()))
    return shown if len(shown) <= most and len(cut) == len(text) else shown[: most - 1] + "…"


def block(text: str, most: int) -> str:
    """Return the text with its line breaks, cut to ``most`` characters."""
    shown = visible(text[: most + 1].replace("\r\n", "\n"), keep="\n\t")
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def counted(number: int, noun: str) -> str:
    """Return ``1 finding``, ``2 findings``, ``1 property``, ``0 properties``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def duration(seconds: float) -> str:
    """Return ``0.4 s``, ``85 s``, ``5 min 20 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"
