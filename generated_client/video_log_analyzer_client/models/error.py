from ..types import Answer


class Error(Answer, frozen=True, kw_only=True, dict=True):
    """What went wrong.

    Attributes:
        code: The vendor's code for the error. Example: ``20404``.
        message: What went wrong, for a person. Example: ``The requested resource /Video/Rooms was not found``.
        more_info: Where the vendor explains the code. Example: ``https://www.twilio.com/docs/errors/20404``.
        status: The HTTP status of the answer, again. Example: ``404``.
    """

    code: int
    message: str
    more_info: str
    status: int
