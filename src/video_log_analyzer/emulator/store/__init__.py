"""The emulator's state in a database, and the rules about what a caller sees of it. Nothing here knows HTTP.

From the outside in: ``store`` (what can be asked and done) → ``lists`` (one page as one statement) and ``phases`` (what
happens to rooms as time passes) → ``schema`` (the tables) → a ``Database`` of ``contract_kit.emulator``.
"""

from video_log_analyzer.emulator.store.phases import DEFAULT_WINDOW, RETENTION
from video_log_analyzer.emulator.store.store import Store, StrayParticipantsError, UnknownAccountError, UnknownRoomError

__all__ = [
    "DEFAULT_WINDOW",
    "RETENTION",
    "Store",
    "StrayParticipantsError",
    "UnknownAccountError",
    "UnknownRoomError",
]
