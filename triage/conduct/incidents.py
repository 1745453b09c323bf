"""What an incident report may say, as data: kinds, grounds, activities, people, wishes.

The words are ours; the ids are stable and stand in the database. Nothing here is asked of a
reporter as a duty (P-TAX-0): who chooses nothing is "not said".
"""

from enum import StrEnum


class ViolationKind(StrEnum):
    """The policy's ten kinds, and other: the list is not closed (P-TAX-1)."""

    REMARKS = "remarks"
    AGGRESSION = "aggression"
    COERCION = "coercion"
    SEXUAL_CONTENT = "sexual_content"
    CONTACT = "contact"
    RECORDING = "recording"
    DISRUPTION = "disruption"
    INTIMIDATION = "intimidation"
    EXCLUSION = "exclusion"
    UNFAIRNESS = "unfairness"
    OTHER = "other"


class Ground(StrEnum):
    """What about somebody it was aimed at; optional, several may hold (P-TAX-0)."""

    GENDER = "gender"
    GENDER_IDENTITY = "gender_identity"
    AGE = "age"
    ORIENTATION = "orientation"
    DISABILITY = "disability"
    APPEARANCE = "appearance"
    BODY_SIZE = "body_size"
    RACE = "race"
    ETHNICITY = "ethnicity"
    BELIEF = "belief"
    NOT_SAID = "not_said"


class Activity(StrEnum):
    """What it was part of (P-SCO-3)."""

    CONFERENCE = "conference"
    WORKSHOP = "workshop"
    SOCIAL_EVENT = "social_event"
    MEETING = "meeting"
    SOCIAL_MEDIA = "social_media"
    MAILING_LIST = "mailing_list"
    SERVICE = "service"
    OTHER = "other"


class Medium(StrEnum):
    """By what way it came (P-SCO-3)."""

    FACE_TO_FACE = "face_to_face"
    EMAIL = "email"
    CHAT = "chat"
    VIDEO_CALL = "video_call"
    PHONE = "phone"
    SOCIAL_MEDIA = "social_media"
    MAILING_LIST = "mailing_list"
    OUR_SERVICE = "our_service"
    OTHER = "other"


class Setting(StrEnum):
    """Where people were (P-SCO-1)."""

    ONLINE = "online"
    OFFLINE = "offline"
    BOTH = "both"


class Party(StrEnum):
    """What somebody is to us; also a user of a service, towards a user (P-SCO-1, P-SCO-4)."""

    EMPLOYEE = "employee"
    VOLUNTEER = "volunteer"
    CONTACT = "contact"
    PARTNER = "partner"
    CLIENT = "client"
    USER = "user"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class Standing(StrEnum):
    """How whoever reports comes to know of it (P-INT-3)."""

    AFFECTED = "affected"
    SAW_IT = "saw_it"
    WAS_TOLD = "was_told"
    FOR_SOMEBODY = "for_somebody"


class TeamAnswer(StrEnum):
    """Whether one of the team is, or might be, the person reported (P-REC-2)."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"


class Wish(StrEnum):
    """Whether and how the reporter wants to learn how it ended (P-OUT-1 to -3)."""

    NONE = "none"
    BY_RECEIPT = "by_receipt"
    BY_CONTACT = "by_contact"


class PoliceWish(StrEnum):
    """What the reporter wishes about the police. A wish: the decision is ours."""

    YES = "yes"
    NO = "no"
    ASK_FIRST = "ask_first"
    NOT_SAID = "not_said"


class PublicStatus(StrEnum):
    """Where a report stands, as its reporter is told. Coarse on purpose."""

    RECEIVED = "received"
    BEING_LOOKED_AT = "being_looked_at"
    WAITING_FOR_YOU = "waiting_for_you"
    DECIDED = "decided"
    ENDED = "ended"


KINDS: dict[ViolationKind, str] = {
    ViolationKind.REMARKS: "Hurtful remarks about who or what somebody is",
    ViolationKind.AGGRESSION: "Shouting, threats or other aggression towards somebody",
    ViolationKind.COERCION: "Using rank or influence to make somebody do what they do not want",
    ViolationKind.SEXUAL_CONTENT: "Sexual talk or pictures that nobody agreed to",
    ViolationKind.CONTACT: "Touching, or sexual interest, that was not wanted",
    ViolationKind.RECORDING: "Filming, photographing or recording somebody in particular",
    ViolationKind.DISRUPTION: "Keeping on disturbing a talk, a meeting or an event",
    ViolationKind.INTIMIDATION: "Frightening, following or stalking somebody",
    ViolationKind.EXCLUSION: "Shutting somebody out, or punishing them for speaking up",
    ViolationKind.UNFAIRNESS: "Treating somebody unfairly",
    ViolationKind.OTHER: "Something else",
}

HINTS: dict[ViolationKind, str] = {
    ViolationKind.RECORDING: (
        "Talks may as a rule be filmed and photographed, if nobody said otherwise beforehand. "
        "It is another matter to single somebody out without asking."
    ),
}
"""What to say beside a kind once it is chosen (P-TAX-2)."""

GROUNDS: dict[Ground, str] = {
    Ground.GENDER: "Gender",
    Ground.GENDER_IDENTITY: "Gender identity, or how it is shown",
    Ground.AGE: "Age",
    Ground.ORIENTATION: "Sexual orientation",
    Ground.DISABILITY: "Disability",
    Ground.APPEARANCE: "Looks",
    Ground.BODY_SIZE: "Body size",
    Ground.RACE: "Race",
    Ground.ETHNICITY: "Ethnicity",
    Ground.BELIEF: "Religion or belief",
    Ground.NOT_SAID: "I would rather not say",
}

ACTIVITIES: dict[Activity, str] = {
    Activity.CONFERENCE: "A conference",
    Activity.WORKSHOP: "A workshop",
    Activity.SOCIAL_EVENT: "A social event",
    Activity.MEETING: "A meeting",
    Activity.SOCIAL_MEDIA: "Social media",
    Activity.MAILING_LIST: "A mailing list",
    Activity.SERVICE: "One of our websites or services",
    Activity.OTHER: "Something else",
}

MEDIA: dict[Medium, str] = {
    Medium.FACE_TO_FACE: "Face to face",
    Medium.EMAIL: "Email",
    Medium.CHAT: "Chat or text messages",
    Medium.VIDEO_CALL: "Video call",
    Medium.PHONE: "Phone",
    Medium.SOCIAL_MEDIA: "Social media",
    Medium.MAILING_LIST: "Mailing list",
    Medium.OUR_SERVICE: "Through one of our services",
    Medium.OTHER: "Another way",
}

SETTINGS: dict[Setting, str] = {
    Setting.ONLINE: "Online",
    Setting.OFFLINE: "In person",
    Setting.BOTH: "Both",
}

PARTIES: dict[Party, str] = {
    Party.EMPLOYEE: "Works for {us}",
    Party.VOLUNTEER: "Volunteers for {us}",
    Party.CONTACT: "Is in touch with {us} in another way",
    Party.PARTNER: "Works with {us} as a partner",
    Party.CLIENT: "Is a client of {us}",
    Party.USER: "Uses one of the services of {us}",
    Party.OTHER: "Something else",
    Party.NOT_KNOWN: "Not known",
}
"""``{us}`` is the organisation's name."""

STATUSES: dict[PublicStatus, tuple[str, str]] = {
    PublicStatus.RECEIVED: (
        "We have your report",
        "It is with us, and nobody has begun to work on it yet.",
    ),
    PublicStatus.BEING_LOOKED_AT: (
        "Somebody is looking at it",
        "A member of the team is working on your report.",
    ),
    PublicStatus.WAITING_FOR_YOU: (
        "We have asked you something",
        "Please read our message below and answer it if you can.",
    ),
    PublicStatus.DECIDED: (
        "It has been decided",
        "The team has come to a decision, and is doing what follows from it.",
    ),
    PublicStatus.ENDED: ("It has ended", "We have finished our work on this report."),
}
"""What a reporter reads: a heading, and a sentence."""
