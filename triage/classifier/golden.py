"""Texts whose scores stand in the card and must come out again when a model is loaded."""

GOLDEN = (
    "Thank you for the quick reply about the pothole in Alder Lane, it has been filled in now.",
    "I will come to your office and burn it down if you publish my name again.",
    "You are a useless little clerk and everybody there laughs at you.",
    "I cannot go on any more. I do not want to be here tomorrow.",
    "My neighbour said he would kill me and I want to know how to report it to the police.",
    "I kn0w wh3re you l i v e and what time you walk home",
    "This dead link is killing me, could somebody shoot me an e-mail with the right one?",
    "Bonjour, je voudrais savoir comment envoyer une demande a la mairie de ma ville.",
)
