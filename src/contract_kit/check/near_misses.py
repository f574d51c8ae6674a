"""Values that are nearly right, derived from right ones: a target that reads sloppily takes them for right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus

from contract_kit.api import Authentication, Credentials
from contract_kit.check.authorization import NOBODY
from contract_kit.document import Operation
from contract_kit.schema import Location

# Bytes of a query that servers take; longer ones may be refused as a whole.
_LONG = 3000

Attempt = Credentials | str | None


def texts(text: str) -> dict[str, str]:
    """Texts that a sloppy comparison takes for ``text``, by what is different: ``{"other case": "TEXT"}``.

    Also patterns that match it, parts of it, and what decoding it twice or not at all gives.
    """
    middle = len(text) // 2
    letter = next((index for index, each in enumerate(text) if each.isascii() and each.isalpha()), None)
    found = {
        "other case": text.swapcase(),
        "upper case": text.upper(),
        "lower case": text.lower(),
        "composed": unicodedata.normalize("NFC", text),
        "decomposed": unicodedata.normalize("NFD", text),
        "without accents": _without_accents(text),
        "compatible characters": unicodedata.normalize("NFKC", text),
        "blank before": f" {text}",
        "blank behind": f"{text} ",
        "line end behind": f"{text}\n",
        "without blanks": text.replace(" ", ""),
        "blanks doubled": text.replace(" ", "  "),
        "plus for blank": text.replace(" ", "+"),
        "blank for plus": text.replace("+", " "),
        "first part": text[:middle],
        "last part": text[middle:],
        "a letter less": text[:-1],
        "a letter more": f"{text}x",
        "any character": f"{text[:middle]}_{text[middle + 1 :]}",
        "any characters": f"{text[:1]}%",
        "question mark": f"{text[:middle]}?{text[middle + 1 :]}",
        "asterisk": f"{text[:1]}*",
        "dot": f"{text[:middle]}.{text[middle + 1 :]}",
        "only an asterisk": "*",
        "only a percent sign": "%",
        "quotation marks": f'"{text}"',
        "apostrophe": f"{text}' OR '1'='1",
        "backslash": f"{text}\\",
        "list": f"{text},{text}",
        "encoded twice": quote(text, safe=""),
        "encoded twice as a form": quote_plus(text),
        "very long": text * (_LONG // len(quote(text)) + 1),
    }
    if letter is not None:
        found["full width"] = text[:letter] + chr(ord(text[letter]) + 0xFEE0) + text[letter + 1 :]
    distinct = {asked: what for what, asked in reversed(found.items()) if asked and asked != text}
    return {what: asked for asked, what in reversed(distinct.items())}


def varied(names: Sequence[str], most: int) -> list[str]:
    """Choose up to ``most`` names that differ in the kinds of characters they have: accents, blanks, signs, scripts."""
    chosen: list[str] = []
    covered: set[str] = set()
    left = sorted(set(names))
    while left and len(chosen) < most:
        best = max(left, key=lambda name: (len(_traits(name) - covered), -len(name)))
        chosen.append(best)
        covered |= _traits(best)
        left.remove(best)
    return chosen


def _traits(name: str) -> set[str]:
    categories = {unicodedata.category(each) for each in name}
    decomposes = {"decomposes"} if unicodedata.normalize("NFD", name) != name else set()
    signs = {each for each in name if not each.isalnum()}
    return categories | decomposes | signs | {str(name.isascii())}


def _without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def attempts(authentication: Authentication, own: Credentials, *, nearly: bool) -> dict[str, Attempt]:
    """Credentials that the target must reject, by what is wrong with them: ``{"no credentials": None, …}``.

    Args:
        authentication: The scheme.
        own: The right credentials.
        nearly: Whether to include those that are nearly right: sent often, they could lock an account.
    """
    if authentication.scheme == "none":
        return {}
    user, secret = own.username, own.secret
    found: dict[str, Attempt] = {
        "no credentials": None,
        "wrong secret": Credentials(user, f"wrong-{NOBODY}"),
        "empty secret": Credentials(user, ""),
    }
    if authentication.scheme == "Basic":
        found["wrong user"] = Credentials(f"{user[:2]}{NOBODY}", secret)
    if authentication.scheme in {"Basic", "Bearer"}:
        found["malformed header"] = f"{authentication.scheme} !"
        found["other scheme"] = f"Bearer {NOBODY}" if authentication.scheme == "Basic" else f"Basic {NOBODY}"
    if not nearly:
        return found
    near = {
        "a letter less": secret[:-1],
        "first letter less": secret[1:],
        "half of it": secret[: len(secret) // 2],
        "a letter more": f"{secret}0",
        "another last letter": secret[:-1] + ("0" if secret[-1:] != "0" else "1"),
        "another first letter": ("0" if secret[:1] != "0" else "1") + secret[1:],
        "other case": secret.swapcase(),
        "upper case": secret.upper(),
        "lower case": secret.lower(),
        "twice": secret * 2,
    }
    if authentication.scheme == "Basic":
        # Only base64 carries blanks at the ends.
        near |= {"blank behind": f"{secret} ", "blank before": f" {secret}", "line end behind": f"{secret}\n"}
        found |= {
            "no user": Credentials("", secret),
            "user in other case": Credentials(user.swapcase(), secret),
            "user with a letter less": Credentials(user[:-1], secret),
            "user with a letter more": Credentials(f"{user}0", secret),
            "user as the secret": Credentials(user, user),
            "user and secret swapped": Credentials(secret, user),
            "secret as a bearer token": f"Bearer {secret}",
        }
    found |= {f"secret: {what}": Credentials(user, near) for what, near in near.items() if near and near != secret}
    return {what: each for what, each in found.items() if each != own}


def paths(operation: Operation, path: str) -> dict[str, str]:
    """Paths that the document does not have, by what is different from ``path``: ``{"trailing slash": "/v1/items/"}``.

    Escapes of characters that need none are left out: RFC 3986 lets a server take them for the same path.
    """
    found = {"trailing slash": f"{path}/", "double slash": f"{path[:1]}{path}"}
    template, steps = operation.path.split("/"), path.split("/")
    fixed = [index for index, step in enumerate(template) if step and not step.startswith("{")]
    if fixed:
        last = fixed[-1]
        found["double slash within"] = "/".join([*steps[:last], "", *steps[last:]])
        found["encoded slash"] = "/".join(steps[:last]) + "%2F" + "/".join(steps[last:])
        found["parameter of a segment"] = f"{path};a=b"
        twice = f"%25{ord(steps[last][0]):02X}{steps[last][1:]}"
        found["encoded twice"] = "/".join([*steps[:last], twice, *steps[last + 1 :]])
        found["blank behind a name"] = "/".join([*steps[:last], f"{steps[last]}%20", *steps[last + 1 :]])
        found["a letter less"] = "/".join([*steps[:last], steps[last][:-1], *steps[last + 1 :]])
        for index in fixed:
            found[f"other case of {steps[index]}"] = "/".join(
                [*steps[:index], steps[index].swapcase(), *steps[index + 1 :]]
            )
            version = steps[index]
            if version[:1] in {"v", "V"} and version[1:].isdecimal():
                other = f"{version[:1]}{int(version[1:]) + 1}"
                found["other version"] = "/".join([*steps[:index], other, *steps[index + 1 :]])
    if template[-1].startswith("{"):
        key = steps[-1]
        above = "/".join(steps[:-1])
        found |= {
            "line end behind the key": f"{path}%0A",
            "blank behind the key": f"{path}%20",
            "NUL behind the key": f"{path}%00",
            "suffix behind the key": f"{path}.json",
            "a letter of the key less": f"{above}/{key[:-1]}",
            "a letter of the key more": f"{path}0",
            "key of a pattern": f"{above}/{key[:-1]}%25",
            "key encoded twice": f"{above}/%25{ord(key[0]):02X}{key[1:]}",
        }
        if not key.isdecimal():
            # Leading letters often are a prefix of the kind; all of them in another case.
            found["other case of the key"] = f"{above}/{key.swapcase()}"
            found["other case of the key's prefix"] = f"{above}/{key[:2].swapcase()}{key[2:]}"
    return {what: other for what, other in found.items() if other != path}


def invalid_values(location: Location) -> Iterator[tuple[str, str]]:
    """Values that a parameter's schema does not allow, each with what is wrong with it: ``("1001", "too large")``."""
    words = [each for each in location.enum if each]
    if words:
        yield from _invalid_words(words)
    if "integer" in location.types:
        yield from _invalid_integers(location)
    if location.formats & {"date", "date-time"}:
        yield from _invalid_times(is_day="date" in location.formats)


def _invalid_words(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    first = words[0]
    odd = {
        "castle": "unknown value",
        next((word for word in words if any(each.isupper() for each in word)), first).swapcase(): "other case",
        first.upper(): "upper case",
        next((word for word in words if "_" in word), first).replace("_", "-"): "hyphens",
        f"{first} ": "blank behind",
        f" {first}": "blank before",
        ",".join(words[:2]) if len(words) > 1 else f"{first},": "list in one value",
        first[:-1]: "a letter less",
        "": "empty",
    }
    yield from ((value, what) for value, what in odd.items() if value not in words)


def _invalid_integers(location: Location) -> Iterator[tuple[str, str]]:
    bounds = [each.schema for each in location.alternatives]
    least = max((each["minimum"] for each in bounds if "minimum" in each), default=None)
    most = min((each["maximum"] for each in bounds if "maximum" in each), default=None)
    right = least if least is not None and least > 0 else 5 if most is None or most >= 5 else most
    yield "many", "no number"
    if least is not None:
        yield str(least - 1), "negative" if least == 0 else "too small"
    if most is not None:
        yield str(most + 1), "too large"
    yield "", "empty"
    yield f"{right}abc", "number with letters"
    yield f"{right} ", "number with a blank"
    yield f"+{right}", "number with a plus"
    yield f"{right}.5", "fraction"
    yield f"{right}e0", "exponent"
    yield f"0x{right:x}", "hexadecimal"
    yield "\u0665", "digit of another script"
    if least is not None and least > 0:
        yield str(-right), "negative"
    if most is not None or "int64" in location.formats:
        # What overflows may come back as a right value.
        yield str(2**64 + right), "beyond 64 bits"
        yield (
            str(2**32 + right) if most is not None else str(2**63),
            "beyond 32 bits" if most is not None else "beyond int64",
        )


def _invalid_times(*, is_day: bool) -> Iterator[tuple[str, str]]:
    clock = "" if is_day else "T00:00:00Z"
    yield "yesterday", "no date"
    yield f"2026-02-30{clock}", "no such day"
    yield "", "empty"
    yield f"2026-02-29{clock}", "no leap day"
    yield f"2026-13-01{clock}", "no such month"
    yield f"2026-1-1{clock}", "day without zeros"
    yield f"20260101{clock}", "day without hyphens"
    yield "1767225600", "seconds"
    if not is_day:
        yield "2026-01-01", "day only"
        yield "2026-01-01T00:00:00", "no offset"
        yield "2026-01-01 00:00:00Z", "blank for T"
        yield "2026-01-01T24:00:00Z", "hour 24"
        yield "2026-01-01T00:60:00Z", "minute 60"
        yield "2026-01-01T00:00:00+24:00", "offset of a day"
        yield "2026-01-01T00:00Z", "no seconds"
