from ..types import UNSET, Model, Unset


class PublisherInfo(Model, frozen=True, kw_only=True, gc=False):
    """The SDK that a participant used. Any key may be absent.

    Attributes:
        name: The name of the SDK. Example: ``twilio-video-js``.
        sdk_version: The version of the SDK. Example: ``2.31.0``.
    """

    name: str | None | Unset = UNSET
    sdk_version: str | None | Unset = UNSET
