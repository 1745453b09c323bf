"""People of the staff list, to be chosen from."""

from triage.staff.queries import PersonRow


def colleagues(people: list[PersonRow]) -> dict[str, str]:
    """Who may be chosen, by id, in letters alone; a part of the address tells namesakes apart."""
    plain = {one.id: _letters(one.name) or _letters(one.email) for one in people}
    twice = {name for name in plain.values() if list(plain.values()).count(name) > 1}
    return {
        one.id: f"{plain[one.id]}, {_letters(one.email.replace('@', ' at '))}"
        if plain[one.id] in twice
        else plain[one.id]
        for one in people
    }


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum() or c in " -").strip()
