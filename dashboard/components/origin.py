"""Who wrote, how far that is known, and the ticket outside: part of a message's head."""

from dashboard import untrusted, words, words_wrote
from triage.messages.queries.reading import Item


def draw_writer(found: Item) -> None:
    """Whether the address was checked, in words; who sent it on; why nobody is the sender."""
    row, origin = found.row, found.origin
    if row.said_address is not None:
        untrusted.say(
            "Who wrote, as {who} says. The mail itself claims {claimed}: {checked}.",
            kind="quiet",
            who=origin.said_by or "a reviewer",
            claimed=row.from_address or "no address",
            checked=words_wrote.VERIFIED[row.verified],
        )
    elif row.from_address is not None:
        untrusted.say(
            "Sender: {checked}.", kind="quiet", checked=words_wrote.VERIFIED[row.verified]
        )
    if row.no_sender is not None:
        untrusted.say("{why}", kind="notice", why=words_wrote.NO_SENDER[row.no_sender])
    if origin.came_through is not None:
        untrusted.say("Came through {relay}.", kind="quiet", relay=origin.came_through)
    for one in origin.forwards:
        untrusted.say(
            "Forwarded by {name} {address} on {when}: {how}, {checked}{listed}.",
            kind="quiet",
            name=one.by_name,
            address=f"<{one.by_address}>" if one.by_address else "",
            when=words.when(one.at),
            how=words_wrote.HOW[one.how],
            checked=words_wrote.VERIFIED[one.verified],
            listed="" if one.listed else ", not on the list",
        )


def draw_ticket(found: Item) -> None:
    """The outside ticket's number and address, copied in one press."""
    both = [one for one in (found.origin.ticket_id, found.origin.ticket_url) if one]
    if both:
        untrusted.say("Ticket outside:", kind="quiet")
        untrusted.copyable("\n".join(both))
