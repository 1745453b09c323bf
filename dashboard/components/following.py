"""What comes next, said at the head of a page as soon as something was decided there."""

from collections.abc import Sequence

from dashboard import untrusted


def draw_following(said: Sequence[str]) -> None:
    """The next act in a sentence, and what comes after it, more quietly."""
    for number, one in enumerate(said):
        if number == 0:
            untrusted.say("Next: {what}", kind="notice", what=one)
        else:
            untrusted.say("Then: {what}", kind="quiet", what=one)
