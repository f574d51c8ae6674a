"""The values that the sources publish, copied by hand, with their standing.

``current``: the newest source has it. ``withdrawn``: an older one had it. ``internal``: stage, dev and outside, which
were published twice and withdrawn twice, and never meant for customers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """The values of one enum, in published order."""

    current: tuple[str, ...]
    withdrawn: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()

    def values(self, *, legacy: bool) -> tuple[str, ...]:
        """Return the current values, and with ``legacy`` the withdrawn and internal ones too."""
        return self.current + self.withdrawn + self.internal if legacy else self.current


ROOM_TYPE = Vocabulary(("go", "peer_to_peer", "group", "group_small"))
ROOM_STATUS = Vocabulary(("in_progress", "completed"))
CODEC = Vocabulary(("VP8", "H264", "VP9", "opus"))
STATUS_CALLBACK_METHOD = Vocabulary(("GET", "POST"), withdrawn=("HEAD", "PATCH", "PUT", "DELETE"))
CREATED_METHOD = Vocabulary(("sdk", "ad_hoc", "api"))
ROOM_END_REASON = Vocabulary(("room_ended_via_api", "timeout"))
PROCESSING_STATE = Vocabulary(("complete", "in_progress", "timeout", "not_started"))
MEDIA_REGION = Vocabulary(
    ("us1", "us2", "au1", "br1", "ie1", "jp1", "sg1", "in1", "de1", "gll"),
    internal=(
        *("stage_us1", "stage_us2", "dev_us1", "dev_us2", "stage_de1", "stage_in1"),
        *("stage_ie1", "stage_br1", "stage_au1", "stage_sg1", "stage_jp1", "outside"),
    ),
)
EDGE_LOCATION = Vocabulary(
    ("ashburn", "dublin", "frankfurt", "singapore", "sydney", "sao_paulo", "roaming", "umatilla", "tokyo")
)
PARTICIPANT_STATUS = Vocabulary(("in_progress", "connected", "completed", "disconnected"))
PARTICIPANT_END_REASON = Vocabulary(
    (
        "disconnected_via_api",
        "signaling_connection_error",
        "signaling_connection_disconnected",
        "signaling_connection_timed_out",
        "client_received_an_invalid_signaling_message",
        "client_sent_an_invalid_signaling_message",
        "room_name_is_invalid",
        "room_name_is_too_long",
        "room_name_contains_invalid_characters",
        "unable_to_create_room",
        "unable_to_connect_to_room",
        "room_contains_too_many_participants",
        "room_not_found",
        "max_participants_is_out_of_range",
        "room_type_is_not_valid",
        "timeout_is_out_of_range",
        "status_callback_method_is_invalid",
        "status_callback_is_invalid",
        "status_is_invalid",
        "room_creation_failed",
        "room_completed_error",
        "the_room_account_limit_was_exceeded",
        "invalid_recording_rule",
        "approaching_room_or_participant_concurrency_limits",
        "recording_operation_requested_is_not_supported_for_the_Room_type",
        "participant_identity_is_invalid",
        "participant_identity_is_too_long",
        "participant_identity_contains_invalid_characters",
        "participant_has_too_many_tracks",
        "participant_not_found",
        "participant_disconnected_because_of_duplicate_identity",
        "participant_account_limit_was_exceeded",
        "invalid_subscribe_rule",
        "track_is_invalid",
        "track_name_is_invalid",
        "track_name_is_too_long",
        "track_name_contains_invalid_characters",
        "track_name_is_duplicated",
        "client_is_unable_to_create_or_apply_a_local_media_description",
        "server_is_unable_to_create_or_apply_a_local_media_description",
        "client_is_unable_to_apply_a_remote_media_description",
        "server_is_unable_to_apply_a_remote_media_description",
        "no_supported_codec",
        "media_connection_failed_or_media_activity_ceased",
        "unable_to_acquire_configuration",
        "unable_to_acquire_TURN_credentials",
        "unknown",
    )
)
