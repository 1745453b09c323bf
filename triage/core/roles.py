"""The roles of lifecycles.md. A person may hold several; ``system`` is no person."""

from enum import StrEnum


class Role(StrEnum):
    """What a signed-in person is here to do."""

    REVIEWER = "reviewer"
    HANDLER = "handler"
    INVESTIGATOR = "investigator"
    DECIDER = "decider"
    ON_DUTY = "on_duty"
    CUSTODIAN = "custodian"
    SERVICE_ADMIN = "service_admin"
    MANAGER = "manager"
    ADMIN = "admin"
    GUEST = "guest"
