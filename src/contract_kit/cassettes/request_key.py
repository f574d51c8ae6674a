"""The request key, by which a replay matches requests with recorded ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from contract_kit.targets import DEFAULT_PORTS

# Reserved characters that are no separators in a path segment or a query value, and so need no encoding.
_LEGIBLE = "!$'()*,:;@"


@dataclass(frozen=True)
class RequestKey:
    """A request without the order of its query parameters, in one percent-encoding.

    Texts are equal if they decode to the same bytes: ``%7E`` equals ``~``; but ``%2F`` is not ``/``.

    Attributes:
        method: ``GET``.
        origin: ``https://live.invalid``; without a default port and without credentials.
        path: Normalized segments: ``/items/a%2Fb``.
        query: Normalized pairs of name and value with their number; blank values are kept.
    """

    method: str
    origin: str
    path: str
    query: Counter[tuple[str, str]]

    @classmethod
    def of(cls, method: str, uri: str) -> RequestKey:
        """Return the key of a request."""
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2].lower().removesuffix(f":{DEFAULT_PORTS.get(parts.scheme, '')}")
        path = "/".join(_spelled(segment) for segment in (parts.path or "/").split("/"))
        return cls(method.upper(), f"{parts.scheme}://{host}", path, Counter(_pairs(parts.query)))

    @property
    def resource(self) -> str:
        """Path and query, parameters sorted: ``/items?limit=1``."""
        query = "&".join(f"{name}={value}" for name, value in sorted(self.query.elements()))
        return f"{self.path}{'?' if query else ''}{query}"

    def differences(self, recorded: RequestKey) -> list[str]:
        """Describe each difference of the recorded request: ``limit=2 instead of limit=1``."""
        found = [
            f"{name} {theirs} instead of {ours}"
            for name, ours, theirs in (
                ("method", self.method, recorded.method),
                ("origin", self.origin, recorded.origin),
                ("path", self.path, recorded.path),
            )
            if ours != theirs
        ]
        for name in self._unlike(recorded):
            ours, theirs = self._values(name, recorded), recorded._values(name, self)
            if ours and theirs:
                found.append(f"{' and '.join(theirs)} instead of {' and '.join(ours)}")
            else:
                found.append(f"has {' and '.join(theirs)}" if theirs else f"has not {' and '.join(ours)}")
        return found

    def distance(self, recorded: RequestKey) -> tuple[int, int]:
        """Return a sortable distance: differences in method, origin and path count more than in parameters."""
        others = (self.method != recorded.method, self.origin != recorded.origin, self.path != recorded.path)
        return sum(others), len(self._unlike(recorded))

    def _unlike(self, other: RequestKey) -> list[str]:
        """Return the names of the parameters that differ."""
        return sorted({name for name, _ in (self.query - other.query) + (other.query - self.query)})

    def _values(self, name: str, other: RequestKey) -> list[str]:
        """Return this request's values of a parameter that the other lacks, as ``name=value``."""
        return sorted(f"{name}={value}" for each, value in (self.query - other.query).elements() if each == name)


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """Yield the query's pairs; ``x`` counts as ``x=``."""
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.replace("+", " ").partition("=")
            yield _spelled(name), _spelled(value)


def _spelled(text: str) -> str:
    """Normalize percent-encoding. Works on bytes, because decoding as UTF-8 would make ``%ff`` equal to ``%fe``."""
    return quote(unquote_to_bytes(text.encode("utf-8", "surrogatepass")), safe=_LEGIBLE)
