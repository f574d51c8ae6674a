from ..types import OpenEnum


class Codec(OpenEnum):
    """A codec of audio or video.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    H264 = "H264"
    OPUS = "opus"
    VP8 = "VP8"
    VP9 = "VP9"
