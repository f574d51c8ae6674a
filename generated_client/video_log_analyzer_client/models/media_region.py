from enum import StrEnum


class MediaRegion(StrEnum):
    AU1 = "au1"
    BR1 = "br1"
    DE1 = "de1"
    DEV_US1 = "dev_us1"
    DEV_US2 = "dev_us2"
    GLL = "gll"
    IE1 = "ie1"
    IN1 = "in1"
    JP1 = "jp1"
    OUTSIDE = "outside"
    SG1 = "sg1"
    STAGE_AU1 = "stage_au1"
    STAGE_BR1 = "stage_br1"
    STAGE_DE1 = "stage_de1"
    STAGE_IE1 = "stage_ie1"
    STAGE_IN1 = "stage_in1"
    STAGE_JP1 = "stage_jp1"
    STAGE_SG1 = "stage_sg1"
    STAGE_US1 = "stage_us1"
    STAGE_US2 = "stage_us2"
    US1 = "us1"
    US2 = "us2"

    @classmethod
    def _missing_(cls, value: object) -> "MediaRegion | None":
        """A member for a value that the document does not list; ``is_known`` tells it from the others."""
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return self.value in MediaRegion._value2member_map_
