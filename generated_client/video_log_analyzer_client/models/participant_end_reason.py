from ..types import OpenEnum


class ParticipantEndReason(OpenEnum):
    """Why a participant left a room. An ordinary leave has none.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    APPROACHING_ROOM_OR_PARTICIPANT_CONCURRENCY_LIMITS = "approaching_room_or_participant_concurrency_limits"
    CLIENT_IS_UNABLE_TO_APPLY_A_REMOTE_MEDIA_DESCRIPTION = "client_is_unable_to_apply_a_remote_media_description"
    CLIENT_IS_UNABLE_TO_CREATE_OR_APPLY_A_LOCAL_MEDIA_DESCRIPTION = (
        "client_is_unable_to_create_or_apply_a_local_media_description"
    )
    CLIENT_RECEIVED_AN_INVALID_SIGNALING_MESSAGE = "client_received_an_invalid_signaling_message"
    CLIENT_SENT_AN_INVALID_SIGNALING_MESSAGE = "client_sent_an_invalid_signaling_message"
    DISCONNECTED_VIA_API = "disconnected_via_api"
    INVALID_RECORDING_RULE = "invalid_recording_rule"
    INVALID_SUBSCRIBE_RULE = "invalid_subscribe_rule"
    MAX_PARTICIPANTS_IS_OUT_OF_RANGE = "max_participants_is_out_of_range"
    MEDIA_CONNECTION_FAILED_OR_MEDIA_ACTIVITY_CEASED = "media_connection_failed_or_media_activity_ceased"
    NO_SUPPORTED_CODEC = "no_supported_codec"
    PARTICIPANT_ACCOUNT_LIMIT_WAS_EXCEEDED = "participant_account_limit_was_exceeded"
    PARTICIPANT_DISCONNECTED_BECAUSE_OF_DUPLICATE_IDENTITY = "participant_disconnected_because_of_duplicate_identity"
    PARTICIPANT_HAS_TOO_MANY_TRACKS = "participant_has_too_many_tracks"
    PARTICIPANT_IDENTITY_CONTAINS_INVALID_CHARACTERS = "participant_identity_contains_invalid_characters"
    PARTICIPANT_IDENTITY_IS_INVALID = "participant_identity_is_invalid"
    PARTICIPANT_IDENTITY_IS_TOO_LONG = "participant_identity_is_too_long"
    PARTICIPANT_NOT_FOUND = "participant_not_found"
    RECORDING_OPERATION_REQUESTED_IS_NOT_SUPPORTED_FOR_THE_ROOM_TYPE = (
        "recording_operation_requested_is_not_supported_for_the_Room_type"
    )
    ROOM_COMPLETED_ERROR = "room_completed_error"
    ROOM_CONTAINS_TOO_MANY_PARTICIPANTS = "room_contains_too_many_participants"
    ROOM_CREATION_FAILED = "room_creation_failed"
    ROOM_NAME_CONTAINS_INVALID_CHARACTERS = "room_name_contains_invalid_characters"
    ROOM_NAME_IS_INVALID = "room_name_is_invalid"
    ROOM_NAME_IS_TOO_LONG = "room_name_is_too_long"
    ROOM_NOT_FOUND = "room_not_found"
    ROOM_TYPE_IS_NOT_VALID = "room_type_is_not_valid"
    SERVER_IS_UNABLE_TO_APPLY_A_REMOTE_MEDIA_DESCRIPTION = "server_is_unable_to_apply_a_remote_media_description"
    SERVER_IS_UNABLE_TO_CREATE_OR_APPLY_A_LOCAL_MEDIA_DESCRIPTION = (
        "server_is_unable_to_create_or_apply_a_local_media_description"
    )
    SIGNALING_CONNECTION_DISCONNECTED = "signaling_connection_disconnected"
    SIGNALING_CONNECTION_ERROR = "signaling_connection_error"
    SIGNALING_CONNECTION_TIMED_OUT = "signaling_connection_timed_out"
    STATUS_CALLBACK_IS_INVALID = "status_callback_is_invalid"
    STATUS_CALLBACK_METHOD_IS_INVALID = "status_callback_method_is_invalid"
    STATUS_IS_INVALID = "status_is_invalid"
    THE_ROOM_ACCOUNT_LIMIT_WAS_EXCEEDED = "the_room_account_limit_was_exceeded"
    TIMEOUT_IS_OUT_OF_RANGE = "timeout_is_out_of_range"
    TRACK_IS_INVALID = "track_is_invalid"
    TRACK_NAME_CONTAINS_INVALID_CHARACTERS = "track_name_contains_invalid_characters"
    TRACK_NAME_IS_DUPLICATED = "track_name_is_duplicated"
    TRACK_NAME_IS_INVALID = "track_name_is_invalid"
    TRACK_NAME_IS_TOO_LONG = "track_name_is_too_long"
    UNABLE_TO_ACQUIRE_CONFIGURATION = "unable_to_acquire_configuration"
    UNABLE_TO_ACQUIRE_TURN_CREDENTIALS = "unable_to_acquire_TURN_credentials"
    UNABLE_TO_CONNECT_TO_ROOM = "unable_to_connect_to_room"
    UNABLE_TO_CREATE_ROOM = "unable_to_create_room"
    UNKNOWN = "unknown"
