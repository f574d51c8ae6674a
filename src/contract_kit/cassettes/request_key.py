"""A request as it is matched with what was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

from contract_kit.targets import DEFAULT_PORTS

# Reserved characters that separate nothing where they are kept; what separates is encoded, if it is meant otherwise.
_LEGIBLE = "!$'()*,:;@"


@dataclass(frozen=True)
class RequestKey:
    """A request as it is matched: everything but the order of the query and how its bytes are spelled.

    Two texts are equal where they are the same bytes, however percent-encoded: ``%7E`` is ``~``, ``%2F`` is no ``/``.

    Attributes:
        method: ``GET``.
        origin: ``https://live.invalid``; without a default port. Credentials in a URL are none of its address.
        path: Each segment encoded in one way: ``/items/a%2Fb``.
        query: The pairs, encoded in one way, blank values kept, however often each occurs.
    """

    method: str
    origin: str
    path: str
    query: Counter[tuple[str, str]]

    @classmethod
    def of(cls, method: str, uri: str) -> RequestKey:
        """The request with this method and URI."""
        parts = urlsplit(uri)
        host = parts.netloc.rpartition("@")[2].lower().removesuffix(f":{DEFAULT_PORTS.get(parts.scheme, '')}")
        path = "/".join(_spelled(segment) for segment in (parts.path or "/").split("/"))
        return cls(method.upper(), f"{parts.scheme}://{host}", path, Counter(_pairs(parts.query)))

    @property
    def resource(self) -> str:
        """``/items?limit=1``, the parameters in order."""
        query = "&".join(f"{name}={value}" for name, value in sorted(self.query.elements()))
        return f"{self.path}{'?' if query else ''}{query}"

    def differences(self, recorded: RequestKey) -> list[str]:
        """What the recorded request has otherwise, each as a phrase."""
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
        """How far off the recorded request is; what is asked counts more than with which parameters."""
        others = (self.method != recorded.method, self.origin != recorded.origin, self.path != recorded.path)
        return sum(others), len(self._unlike(recorded))

    def _unlike(self, other: RequestKey) -> list[str]:
        """The names of the parameters that differ."""
        return sorted({name for name, _ in (self.query - other.query) + (other.query - self.query)})

    def _values(self, name: str, other: RequestKey) -> list[str]:
        """What this request has of a parameter beyond the other, as ``name=value``."""
        return sorted(f"{name}={value}" for each, value in (self.query - other.query).elements() if each == name)


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """The parameters; ``x`` is ``x=``, as in every form."""
    for pair in query.split("&"):
        if pair:
            name, _, value = pair.replace("+", " ").partition("=")
            yield _spelled(name), _spelled(value)


def _spelled(text: str) -> str:
    """The same bytes in the one way that is compared; nothing is taken for UTF-8, so that ``%ff`` is not ``%fe``."""
    return quote(unquote_to_bytes(text.encode("utf-8", "surrogatepass")), safe=_LEGIBLE)
