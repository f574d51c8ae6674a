"""Authentication that is ignored, and accounts that see what is another's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contract_kit.emulator.messages import Request
from video_log_analyzer.emulator.errors import UnauthorizedError
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily, Authenticate
from video_log_analyzer.emulator.faults.statuses import operation
from video_log_analyzer.emulator.selection import PageSelection, Rows
from video_log_analyzer.emulator.store import Store

if TYPE_CHECKING:
    from video_log_analyzer.emulator.app import App

faults = ApiFaultFamily("authentication")


def _ignored(inner: Authenticate, request: Request, store: Store, name: str) -> str:
    try:
        return inner(request)
    except UnauthorizedError:
        if operation(request.path) == name:
            return store.accounts()[0].sid
        raise


@faults.on_authenticate
def _rooms_without_credentials(inner: Authenticate, request: Request, store: Store) -> str:
    """The list of rooms is open to everybody."""
    return _ignored(inner, request, store, "list rooms")


@faults.on_authenticate
def _room_without_credentials(inner: Authenticate, request: Request, store: Store) -> str:
    """Whoever knows a room's SID can read it."""
    return _ignored(inner, request, store, "fetch room")


@faults.on_authenticate
def _participants_without_credentials(inner: Authenticate, request: Request, store: Store) -> str:
    """Whoever knows a room's SID can read its participants."""
    return _ignored(inner, request, store, "list participants")


@faults.on_authenticate
def _participant_without_credentials(inner: Authenticate, request: Request, store: Store) -> str:
    """Whoever knows a participant's SID can read it."""
    return _ignored(inner, request, store, "fetch participant")


@faults.on_authenticate
def _wrong_secret_accepted(inner: Authenticate, request: Request, store: Store) -> str:
    """Whoever knows an account's SID gets in."""
    try:
        return inner(request)
    except UnauthorizedError:
        user, _ = request.credentials() or ("", "")
        if user.startswith("AC"):
            return user
        raise


@faults.on_authenticate
def _unknown_user_accepted(inner: Authenticate, request: Request, store: Store) -> str:
    """Any user name gets in, as long as there is one."""
    try:
        return inner(request)
    except UnauthorizedError:
        if request.credentials() is None:
            raise
        return store.accounts()[0].sid


@faults.on_authenticate
def _empty_secret_accepted(inner: Authenticate, request: Request, store: Store) -> str:
    """A secret that is not given is not compared."""
    user, secret = request.credentials() or ("", "")
    return user if user.startswith("AC") and not secret else inner(request)


@faults.on_authenticate
def _other_accounts_room_fetched(inner: Authenticate, request: Request, store: Store) -> str:
    """A room is found by its SID alone, whoever it belongs to."""
    return _owner(inner, request, store, "fetch room")


@faults.on_authenticate
def _other_accounts_participants_listed(inner: Authenticate, request: Request, store: Store) -> str:
    """A room's participants are found by its SID alone, whoever it belongs to."""
    return _owner(inner, request, store, "list participants")


@faults.on_authenticate
def _other_accounts_participant_fetched(inner: Authenticate, request: Request, store: Store) -> str:
    """A participant is found by SID alone, whoever the room belongs to."""
    return _owner(inner, request, store, "fetch participant")


def _owner(inner: Authenticate, request: Request, store: Store, name: str) -> str:
    account_sid = inner(request)
    if operation(request.path) != name:
        return account_sid
    room_sid = request.path.split("/")[4]
    owners = (account.sid for account in store.accounts() if store.room(account.sid, room_sid) is not None)
    return next(owners, account_sid)


def _other_account_leaked(app: App) -> None:
    """Lists show another account's rooms too."""
    inner = app.select

    def select(selection: PageSelection) -> Rows:
        found = inner(selection)
        if selection.cursor is not None or selection.room_sid is not None:
            return found
        others = (account.sid for account in app.store.accounts() if account.sid != selection.account_sid)
        strangers = [row for sid in others for row in inner(replace(selection, account_sid=sid, limit=1)).rows]
        return Rows([*strangers, *found.rows], found.more)

    app.select = select


faults.add(_other_account_leaked, _other_account_leaked)
