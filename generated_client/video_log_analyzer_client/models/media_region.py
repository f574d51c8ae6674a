from ..types import OpenEnum


class MediaRegion(OpenEnum):
    """A region of media servers.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    AU1 = "au1"
    BR1 = "br1"
    DE1 = "de1"
    DEV_US1 = "dev_us1"
    """Internal."""
    DEV_US2 = "dev_us2"
    """Internal."""
    GLL = "gll"
    IE1 = "ie1"
    IN1 = "in1"
    JP1 = "jp1"
    OUTSIDE = "outside"
    """Internal."""
    SG1 = "sg1"
    STAGE_AU1 = "stage_au1"
    """Internal."""
    STAGE_BR1 = "stage_br1"
    """Internal."""
    STAGE_DE1 = "stage_de1"
    """Internal."""
    STAGE_IE1 = "stage_ie1"
    """Internal."""
    STAGE_IN1 = "stage_in1"
    """Internal."""
    STAGE_JP1 = "stage_jp1"
    """Internal."""
    STAGE_SG1 = "stage_sg1"
    """Internal."""
    STAGE_US1 = "stage_us1"
    """Internal."""
    STAGE_US2 = "stage_us2"
    """Internal."""
    US1 = "us1"
    US2 = "us2"
