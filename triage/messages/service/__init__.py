"""Commands on messages: each checks access, applies the rules, writes, and goes on the record."""
