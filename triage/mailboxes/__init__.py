"""IMAP mailboxes that are watched: what comes is brought in, and nothing at the server changes."""
