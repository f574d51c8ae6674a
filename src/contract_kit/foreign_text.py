"""Read what a target sent as text: URLs, numbers, dates. A reader returns a value or None, and raises nothing."""

from __future__ import annotations

import email.utils
import re
import time
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

# Longer texts are none of these.
_LONGEST_DATE = 64
_INTEGER = re.compile(r"-?[0-9]{1,18}")  # isdigit() also takes ² and ١, and int() takes blanks and _


def split_url(text: str) -> SplitResult | None:
    """Split a URL whose port, too, can be read; None if it is not one: ``http://[::1/v1``, ``http://host:port/``."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def path_of(url: str) -> str:
    """The path of a URL, or ``""``."""
    parts = split_url(url)
    return "" if parts is None else parts.path


def query_of(url: str) -> list[tuple[str, str]]:
    """The decoded pairs of a URL's query, including blank values; empty if it is not a URL."""
    parts = split_url(url)
    return [] if parts is None else parse_qsl(parts.query, keep_blank_values=True)


def joined_url(base: str, url: str) -> str | None:
    """The absolute URL of a reference, or None."""
    try:
        return urljoin(base, url)
    except ValueError:
        return None


def integer(text: str) -> int | None:
    """An integer of at most 18 digits, or None: ``-7``, but neither ``²`` nor ``1_000``."""
    return int(text) if _INTEGER.fullmatch(text.strip(" \t")) else None


def http_date(text: str) -> datetime | None:
    """A date of HTTP in UTC, or None; RFC 9110, section 5.6.7: ``Sun, 06 Nov 1994 08:49:37 GMT``."""
    try:
        moment = email.utils.parsedate_to_datetime(text[:_LONGEST_DATE])
        # Without a zone it is in UTC.
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Nobody can reckon with the ends of the calendar.
    return moment if MINYEAR < moment.year < MAXYEAR else None


def retry_after(text: str) -> float | None:
    """The seconds to wait that a Retry-After asks for, or None; RFC 9110, section 10.2.3: seconds or a date."""
    if (seconds := integer(text)) is not None:
        return max(0.0, float(seconds))
    moment = http_date(text)
    return None if moment is None else max(0.0, moment.timestamp() - time.time())
