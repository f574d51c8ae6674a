"""What to do about a finding, by its kind and location.

It needs only the standard library, and knows kinds by their text, because `finding` imports it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_NEW = "add {what} to the document through a claim and a decision, and regenerate the client"

# By kind. `{name}` is the last key of the location, or the header or parameter; `{place}` the whole location.
_REMEDIES: Mapping[str, str] = {
    "missing field": "make {operation} send '{name}' always; if it may be left out, take it from the document's "
    "`required` there, through a claim, and regenerate the client",
    "wrong type": "make {operation} send '{name}' with the documented type; if the new type is meant, change `type` "
    "through a claim and regenerate the client: code that reads it breaks",
    "null": "make {operation} send a value for '{name}'; if null is meant, allow it in `type` through a claim, so that "
    "the client's type says so",
    "status": "look up why {operation} answers {value}, with the request below; if it is meant, add that response to "
    "the document",
    "error shape": "make every error of {operation} the documented object, from one place in the service, so that "
    "clients can read it; a proxy or framework often answers in its own form",
    "authentication": "close it first, it may show data to strangers: look at how {operation} checks who asks",
    "paging": "walk the list with the request below and compare with one large page: clients that page lose or repeat "
    "rows",
    "filter": "send the request below with and without the filter, and compare the rows that differ with what the "
    "parameter should select",
    "consistency": "compare the values below: one of them is stored, computed or rendered wrongly",
    "malformed body": "look at the raw answer with the request below: often a proxy, a crash while writing, or an "
    "error sent as a success",
    "server failure": "look into the service's log at the time of the run for this request",
    "client cannot read it": "mend what it is listed under, if anything; else make the client read it (its templates) "
    "and add the answer to its tests",
    "document against ledger": "correct the document, or add the claim and settle it in the ledger's decisions",
    "undocumented value": f"if the value is meant, {_NEW.format(what='it')}: the enum and its status; else correct "
    "how {operation} spells '{name}'",
    "undocumented field": f"if '{{name}}' is meant, {_NEW.format(what='the property')}; else take it out of the answer",
    "content type": "send the documented media type from {operation}; text/html usually comes from a proxy or an "
    "error page, not from the service",
    "missing header": "send {name} with every answer of that status, as the document promises",
    "method": "answer 405, with an `Allow` header of the methods that work",
    "invalid request accepted": "refuse what is invalid in {place}, or widen its schema if the value is meant",
    "format": "write '{name}' in the documented format: strict readers refuse another",
    "pattern": "compare '{name}' with the pattern: if the vendor widened it, widen it in the document",
    "bound": "compare '{name}' with the bound: if the vendor moved it, move it in the document",
    "withdrawn value": "the vendor dropped this value from its documents; nothing to do unless it becomes common",
    "internal value": "the vendor never meant this value for customers; do not build on it",
    "observed value": "the service sent this value before, and no published list has it; look whether a newer one does",
}
# By kind and the beginning of the location, where that says more than the kind alone.
_PLACES: Mapping[tuple[str, str], str] = {
    ("authentication", "header:WWW-Authenticate"): "name the scheme that the API uses in WWW-Authenticate",
    ("authentication", "path:"): "answer as for a key that nobody has: look at how {operation} limits what it finds to "
    "the caller's account",
    ("authentication", "/"): "close it first: limit what {operation} finds to the caller's account",
    ("status", "path:"): "answer 404 for it: look at how {operation} finds the resource of a key",
    ("status", "query:"): "accept a valid {name}: look at how {operation} reads that parameter",
    ("error shape", "/"): "make the error's '{name}' what the document says; all errors should come from one place",
    ("paging", "header:Link"): "compare the URLs in the header Link with the pages that they lead to",
    ("paging", "url"): "make every URL in an answer an absolute one of the same origin: clients send no credentials "
    "elsewhere",
    ("paging", "/meta/"): "make '{name}' say what this page is; clients follow it",
    ("filter", "query:none"): "send the request below without filters, and compare with what the default should select",
    ("filter", "query:"): "send the request below with and without {name}, and compare the rows that differ with what "
    "it should select",
    ("consistency", "/links/"): "make the address lead to the resource that it is in",
    ("malformed body", "/"): "make {operation} send the documented object at {place}",
    ("missing header", "header:WWW-Authenticate"): "send a challenge with every 401: some clients ask for credentials "
    "only then",
    ("missing header", "header:Retry-After"): "say with every 429 how long to wait, or clients guess",
    ("format", "header:"): "write the header {name} as documented: strict readers refuse another form",
    ("pattern", "header:"): "write the header {name} as documented: strict readers refuse another form",
    ("server failure", "connection"): "look into the service's and the proxy's log: the connection ended without an "
    "answer, also when asked again",
}


def remedy(kind: str, operation: str, location: str, value: str) -> str:
    """Return what to do about a finding of this kind at this location."""
    texts = [text for (of, place), text in _PLACES.items() if of == kind and location.startswith(place)]
    name = location.rstrip("/*").rpartition("/")[2].rpartition(":")[2] or "the body"
    words = {"operation": operation, "place": location or "the body", "name": name, "value": value}
    # A remedy is our prose: what may be more than a name of the target stands elsewhere in the finding.
    words = {word: text if re.fullmatch(r"[\w.:/* -]{1,120}", text) else "it" for word, text in words.items()}
    text = texts[0] if texts else _REMEDIES[kind]
    # In one pass, because a value of the target may have braces.
    return re.sub(r"\{(\w+)\}", lambda found: words[found[1]], text)


def plain(value: str) -> str:
    """Return a sentence about a value, for findings whose maker gave none."""
    return f"it is {value}" if value else "it is empty"
