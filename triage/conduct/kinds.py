"""Kinds of breach in messages to staff, in the policy's four words (P-MSG-2), and severity."""

from enum import StrEnum


class Disposition(StrEnum):
    """What a reviewer says a message is; several may hold, none of them means "none"."""

    THREATENING = "threatening"
    AGGRESSIVE = "aggressive"
    OFFENSIVE = "offensive"
    OTHERWISE_INAPPROPRIATE = "otherwise_inappropriate"


class Severity(StrEnum):
    """How grave it is. ``particular concern`` is a mark beside it, no fourth step."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class RoutedTo(StrEnum):
    """Where a message goes that is no matter of conduct (P-RTE-2)."""

    SERVICE_COMPLAINT = "service_complaint"
    SUBJECT_ACCESS = "subject_access"
    DATA_PROTECTION_COMPLAINT = "data_protection_complaint"
    APPEAL = "appeal"
    SPAM = "spam"
    NOT_OURS = "not_ours"
    """Forwarded by somebody who is not listed, and no matter of this desk."""


class WelfareOutcome(StrEnum):
    """What was done about a message that suggests somebody may harm themselves."""

    EMERGENCY_SERVICES = "emergency_services"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    APPROVED_REPLY = "approved_reply"
    NOT_AT_RISK = "not_at_risk"
