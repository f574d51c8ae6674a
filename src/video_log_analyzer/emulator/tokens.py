"""Page tokens: ``PT`` + base64url of a signature and of the place in a list that it signs."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring

from video_log_analyzer.emulator.errors import INVALID_PAGE_TOKEN, BadRequestError
from video_log_analyzer.emulator.selection import Cursor, Filters

_PREFIX = "PT"
_SIGNATURE_BYTES = 16
_REMEMBERED = 256
_BOOLEANS = ("false", "true")
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class PageToken:
    """A place in one list of one account.

    ``path`` names the list, ``now`` freezes its default window (0: it has none), ``page`` counts for the client's sake.
    """

    account_sid: str
    path: str
    filters: Filters
    now: int
    page: int
    backward: bool
    cursor: Cursor


class TokenSigner:
    """Writes and reads page tokens with the key that the store keeps, so that a walk survives a restart."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, token: PageToken) -> str:
        """Return the opaque text of a token."""
        cursor = token.cursor
        # Written by hand, because json.dumps and dataclasses.astuple take longer than the rest of a token.
        payload = (
            f"{_list(token.account_sid, token.path, token.filters)},"
            f"{token.now},{token.page},{_BOOLEANS[token.backward]},"
            f"[{cursor.time},{encode_basestring(cursor.sid)},{_BOOLEANS[cursor.after]}]]"
        ).encode()
        return _PREFIX + base64.urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def read(self, text: str, account_sid: str, path: str) -> PageToken:
        """Return the token, or raise BadRequestError 21481 if it is not one of this account and list."""
        token = self._verified(text)
        if token is None or (token.account_sid, token.path) != (account_sid, path):
            raise BadRequestError("Invalid PageToken: use one from meta.next_page_url of this list", INVALID_PAGE_TOKEN)
        return token

    def _verified(self, text: str) -> PageToken | None:
        encoded = text.removeprefix(_PREFIX)
        try:
            decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        signature, payload = decoded[:_SIGNATURE_BYTES], decoded[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            return None
        account_sid, path, filters, now, page, backward, cursor = json.loads(payload)
        room_types, codecs, *rest = filters
        token = PageToken(
            account_sid,
            path,
            Filters(tuple(room_types), tuple(codecs), *rest),
            now,
            page,
            backward,
            Cursor(*cursor),
        )
        # Base64 has several spellings of the same bytes; only ours is a token that we issued.
        return token if hmac.compare_digest(self.write(token).encode(), text.encode()) else None

    def _sign(self, payload: bytes) -> bytes:
        return hmac.digest(self._key, payload, "sha256")[:_SIGNATURE_BYTES]


@lru_cache(maxsize=_REMEMBERED)
def _list(account_sid: str, path: str, filters: Filters) -> str:
    """The beginning of a token's payload: the list that it belongs to."""
    asked_for = (
        filters.room_types,
        filters.codecs,
        filters.room_name,
        filters.created_after,
        filters.created_before,
    )
    return f"[{_json(account_sid)},{_json(path)},{_json(asked_for)}"
