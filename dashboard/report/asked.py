"""What is asked, in our words."""

from dashboard.report.questions import (
    HINT_RECORDING,
    Field,
    Kind,
    Question,
    affects_another,
    names_somebody,
    of,
    or_not_said,
    team,
    was_recorded,
)
from triage.conduct import incidents
from triage.conduct.incidents import Party, PoliceWish, Standing, TeamAnswer, Wish

STANDINGS = {
    Standing.AFFECTED: "It happened to me",
    Standing.SAW_IT: "I saw or heard it happen to somebody else",
    Standing.WAS_TOLD: "Somebody told me about it",
    Standing.FOR_SOMEBODY: "I am filing this for somebody, and they know",
}
TEAM_ANSWERS = {
    TeamAnswer.YES: "Yes, it is or might be",
    TeamAnswer.NO: "No",
    TeamAnswer.NOT_SURE: "I am not sure, or would rather not say",
}
WISHES = {
    Wish.NONE: "No",
    Wish.BY_RECEIPT: "Yes: I will look here, with my receipt code",
    Wish.BY_CONTACT: "Yes: write to me or call me",
}
CONNECTIONS = {
    Party.USER: "I use one of your services",
    Party.VOLUNTEER: "I volunteer for {us}",
    Party.CONTACT: "I am in touch with {us} in another way",
    Party.PARTNER: "I work with {us} as a partner",
    Party.CLIENT: "I am a client of {us}",
    Party.EMPLOYEE: "I work for {us}",
    Party.OTHER: "Something else",
}
POLICE_WISHES = {
    PoliceWish.YES: "I would like the police to be told",
    PoliceWish.NO: "I would not like the police to be told",
    PoliceWish.ASK_FIRST: "Ask me first",
    PoliceWish.NOT_SAID: "I would rather not say",
}

QUESTIONS: tuple[Question, ...] = (
    Question(
        "happened",
        "What happened?",
        "What happened",
        (
            Field(
                "description",
                Kind.AREA,
                "What happened?",
                "In your own words, as much or as little as you like. If you name nobody and give "
                "no address, we cannot tell who you are.",
            ),
        ),
        "This is the only thing that we need. Everything after it may be left open.",
    ),
    Question(
        "standing",
        "How do you know about it?",
        "How you know about it",
        (
            Field(
                "standing",
                Kind.ONE,
                "How do you know about it?",
                "If you file this for somebody, the receipt at the end is theirs: give it to them "
                "and keep no copy.",
                or_not_said(STANDINGS),
            ),
        ),
    ),
    Question(
        "affected",
        "Who was affected?",
        "Who was affected",
        (
            Field(
                "affected",
                Kind.AREA,
                "Who was affected?",
                "A name, or how to tell who it was: \u201csomebody at the front of the second "
                "talk\u201d. We will not write to them because you named them here.",
            ),
        ),
        asked=affects_another,
    ),
    Question(
        "kinds",
        "What kind of thing was it?",
        "What kind of thing",
        (
            Field(
                "kinds",
                Kind.SEVERAL,
                "What kind of thing was it?",
                "Choose all that fit, or none. We read your own words first.",
                of(incidents.KINDS),
            ),
            Field("other_kind", Kind.LINE, "If it was something else: what, in a word"),
        ),
    ),
    Question(
        "recording",
        "Had whoever was filmed or photographed agreed to it?",
        "Agreed to be filmed",
        (
            Field(
                "permission_given",
                Kind.YES_NO,
                "Had whoever was filmed or photographed agreed to it?",
                HINT_RECORDING,
            ),
        ),
        asked=was_recorded,
    ),
    Question(
        "grounds",
        "Was it about who or what somebody is?",
        "About who somebody is",
        (
            Field(
                "grounds",
                Kind.SEVERAL,
                "Was it about who or what somebody is?",
                "Choose all that fit, or none.",
                of(incidents.GROUNDS),
            ),
        ),
    ),
    Question(
        "when",
        "When did it happen?",
        "When",
        (
            Field(
                "happened",
                Kind.LINE,
                "When",
                "A day and a time, or \u201cover several weeks\u201d.",
            ),
            Field("happening_now", Kind.TICK, "It is still going on"),
        ),
    ),
    Question(
        "where",
        "Where did it happen?",
        "Where",
        (
            Field("place", Kind.LINE, "Where", "A place, a website, the name of a list or a call."),
            Field(
                "setting",
                Kind.ONE,
                "Online or in person?",
                choices=or_not_said(incidents.SETTINGS),
            ),
        ),
    ),
    Question(
        "activity",
        "What was it part of?",
        "Part of",
        (
            Field(
                "activity",
                Kind.ONE,
                "What was it part of?",
                choices=or_not_said(incidents.ACTIVITIES),
            ),
            Field("other_activity", Kind.LINE, "If it was something else: what, in a word"),
            Field("event", Kind.LINE, "Name of the event, list, site or service, if it has one"),
        ),
    ),
    Question(
        "way",
        "How was it said or done?",
        "By what way",
        (
            Field(
                "medium", Kind.ONE, "How was it said or done?", choices=or_not_said(incidents.MEDIA)
            ),
            Field("other_medium", Kind.LINE, "If it was another way: which, in a word"),
        ),
    ),
    Question("people", "Who did it?", "Who did it", template="people.html"),
    Question(
        "risk",
        "Could telling them put you or anyone at risk?",
        "Risk in telling them",
        (
            Field(
                "risk",
                Kind.YES_NO,
                "Could telling them put you or anyone at risk?",
                "For example that they would take it out on somebody, get rid of evidence, or lean "
                "on people who saw it.",
            ),
            Field("risk_note", Kind.AREA, "What should we know about that?"),
        ),
        "We will normally tell a person who is named that there has been a complaint, and not who "
        "made it, and ask for their side.",
        asked=names_somebody,
    ),
    Question(
        "team",
        "Is it, or might it be, one of the people who deal with reports?",
        "Is it one of the team",
        (
            Field(
                "team",
                Kind.ONE,
                "Is it, or might it be, one of the people who deal with reports?",
                "Whoever it is about, or might be about, sees nothing of your report: not even "
                "that there is one. If you are not sure, somebody outside the team looks first.",
                of(TEAM_ANSWERS),
            ),
            Field("team_members", Kind.SEVERAL, "Who it is or might be", choices=team),
        ),
    ),
    Question("witnesses", "Did anybody else see or hear it?", "Who saw it", template="people.html"),
    Question("files", "Do you have anything to show us?", "Files", template="files.html"),
    Question(
        "support",
        "Do you need any help to take part?",
        "Help you need",
        (
            Field(
                "support",
                Kind.AREA,
                "Do you need any help to take part?",
                "For example to meet somebody, to read or hear what we send, to have somebody with "
                "you, or another language.",
            ),
        ),
    ),
    Question(
        "police",
        "Do you want us to tell the police?",
        "The police",
        (
            Field(
                "police_wish",
                Kind.ONE,
                "Do you want us to tell the police?",
                "We take it into account. If somebody is in danger we may have to tell them all "
                "the same. You can always go to them yourself.",
                of(POLICE_WISHES),
            ),
        ),
    ),
    Question(
        "outcome",
        "Do you want to know how it ends?",
        "Told how it ends",
        (
            Field(
                "wish",
                Kind.ONE,
                "Do you want to know how it ends?",
                "You can change this later with your receipt code.",
                of(WISHES),
            ),
        ),
    ),
    Question(
        "contact",
        "How can we reach you?",
        "How to reach you",
        (
            Field("name", Kind.LINE, "Name", "Whatever you wish to be called."),
            Field("email", Kind.EMAIL, "Email address"),
            Field("phone", Kind.PHONE, "Phone number"),
        ),
        "You need not say who you are. Without this you can still write with us, with your receipt "
        "code. We do not write to you unless you have asked to hear from us.",
    ),
    Question(
        "connection",
        "What is your connection with us?",
        "Your connection",
        (
            Field(
                "reporter_party",
                Kind.ONE,
                "What is your connection with us?",
                choices=or_not_said(CONNECTIONS),
            ),
        ),
        "Whoever you are, you can report here. If you work for us, there are other ways: see "
        "\u201cYou work for us\u201d on the first page.",
    ),
)
