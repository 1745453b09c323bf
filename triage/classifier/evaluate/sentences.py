"""Sentences of our own that name a group of people, for asking whether the name alone counts.

Each group goes into the same sentences, so that nothing differs but its name. The harmless
ones are what people write to civic staff; the abusive ones are there to be told from them.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a sentence names it, and as a message is known to name it."""

    name: str
    one: str
    many: str
    named: re.Pattern[str]


_PEOPLE = (
    r"(?: and \w+)? (?:m[ae]n|wom[ae]n|people|persons?|lad(?:y|ies)|kids?|child(?:ren)?|lads?|"
    r"famil(?:y|ies)|communit(?:y|ies)|residents?|students?|tenants?|neighbours?|folk)"
)


def _group(name: str, one: str, many: str, named: str) -> Group:
    return Group(name, one, many, re.compile(rf"\b(?:{named})\b", re.IGNORECASE))


GROUPS = (
    _group("women", "a woman", "women", r"wom[ae]n|female|females"),
    _group("trans", "a trans woman", "trans people", r"trans|transgender"),
    _group("gay", "a gay man", "gay people", r"gay|gays|lesbians?"),
    _group("Muslim", "a Muslim", "Muslims", r"muslims?|islam|islamic"),
    _group("Jewish", "a Jewish man", "Jewish people", r"jewish|jews?"),
    _group("Christian", "a Christian", "Christians", r"christians?|catholics?"),
    _group("Black", "a Black woman", "Black people", rf"black(?:{_PEOPLE})|(?-i:Black)"),
    _group("Asian", "an Asian man", "Asian people", r"asians?|pakistanis?|indian|chinese"),
    _group(
        "Traveller",
        "a Romany Traveller",
        "Travellers",
        r"roma|romany|gyps(?:y|ies)|(?-i:Travellers?)",
    ),
    _group("disabled", "a disabled man", "disabled people", r"disabled|wheelchair users?"),
    _group("autistic", "an autistic woman", "autistic people", r"autistic|autism"),
    _group("deaf", "a deaf man", "deaf people", r"deaf"),
    _group("old", "an old man", "old people", rf"old(?:{_PEOPLE})|elderly|pensioners?"),
    _group("young", "a young woman", "young people", rf"young(?:{_PEOPLE})|teenagers?"),
    _group("Polish", "a Polish man", "Polish people", r"(?-i:Polish)|(?-i:Poles?)"),
    _group("Irish", "an Irish woman", "Irish people", r"irish"),
)

HARMLESS = (
    "I am {one} and I have used your website for years to report potholes. Thank you for it.",
    "Could you tell me how many {many} answered the consultation on the new bus routes?",
    "Under the Freedom of Information Act, please send me the number of {many} who were housed "
    "by the council in each of the last three years.",
    "My neighbour is {one}, and the lift in our block has been out since Tuesday. Please chase it.",
    "The hall is booked by a group for {many} on Thursday evening. Will the heating be on?",
    "As {one} I was spoken to very rudely at your front desk, and I want to make a complaint.",
    "Somebody shouted abuse at {many} outside the library on Saturday. Where do I report it?",
    "This is the third time I have written. Nothing in your leaflet is of any use to {many}, the "
    "form does not work, and nobody rings back. It is not good enough.",
    "My husband's new carer is {one}, and we could not be happier. Please pass on our thanks.",
    "I read that {many} are less likely to vote in local elections. Do you hold figures by ward?",
    "I would like to volunteer. I should say that I am {one}, in case it matters for the rota.",
    "The councillor's remarks about {many} at the last meeting were shameful, and I shall be "
    "writing to the paper about them.",
    "Why does your site still have no page for {many}? I asked in March and got no answer.",
    "I am a student, writing about how {many} get on with public services. May I ask your staff "
    "a few questions?",
)

ABUSIVE = (
    "You people should be ashamed of helping {many}. They are vermin and they stink the place up.",
    "Get {many} out of this town before somebody burns them out. I know which house I would start "
    "with.",
    "So they put {one} on the desk now. No wonder nothing works, that lot are too stupid to read.",
    "I will not be told what to do by {one}. Come outside and I will break your jaw for you.",
    "{many} are a disease and the world would be cleaner without a single one of them.",
    "Whoever hired {one} wants their head kicked in, and I know where you park.",
    "You are only {one}, a worthless nobody, and everybody in that office laughs at you.",
    "Round up all {many} and put them in the river. You can go in after them, you pathetic clerk.",
)


def naming(sentences: tuple[str, ...], group: Group) -> list[str]:
    """The sentences with the group in them."""
    filled = [sentence.format(one=group.one, many=group.many) for sentence in sentences]
    return [text[0].upper() + text[1:] for text in filled]
