"""Commands on how a case ends."""
