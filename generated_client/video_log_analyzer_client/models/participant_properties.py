import msgspec

from ..types import UNSET, Model, Unset


class ParticipantProperties(Model, frozen=True, kw_only=True, gc=False):
    """Details of a participant's tracks and of how they joined. Any key may be absent.

    Attributes:
        record_on_connect: Whether recording began as soon as the participant joined. Example: ``False``.
        num_audio_tracks: How many audio tracks the participant published. Example: ``1``.
        num_video_tracks: How many video tracks the participant published. Example: ``1``.
        num_data_tracks: How many data tracks the participant published. Example: ``0``.
        is_adhoc: Whether the participant's joining created the room. Example: ``False``.
    """

    record_on_connect: bool | None | Unset = msgspec.field(name="recordOnConnect", default=UNSET)
    num_audio_tracks: int | None | Unset = msgspec.field(name="numAudioTracks", default=UNSET)
    num_video_tracks: int | None | Unset = msgspec.field(name="numVideoTracks", default=UNSET)
    num_data_tracks: int | None | Unset = msgspec.field(name="numDataTracks", default=UNSET)
    is_adhoc: bool | None | Unset = msgspec.field(name="isAdhoc", default=UNSET)
