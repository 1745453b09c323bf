"""Commands on referrals: each checks access, applies the rules, writes, and is on the record."""
