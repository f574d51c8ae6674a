from ..types import OpenEnum


class EdgeLocation(OpenEnum):
    """An edge location of the media network.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    ASHBURN = "ashburn"
    DUBLIN = "dublin"
    FRANKFURT = "frankfurt"
    ROAMING = "roaming"
    SAO_PAULO = "sao_paulo"
    SINGAPORE = "singapore"
    SYDNEY = "sydney"
    TOKYO = "tokyo"
    UMATILLA = "umatilla"
