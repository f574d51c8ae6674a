from ..types import OpenEnum


class CreatedMethod(OpenEnum):
    """What created a room.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    AD_HOC = "ad_hoc"
    API = "api"
    SDK = "sdk"
