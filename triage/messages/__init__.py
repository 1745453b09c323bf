"""Inbound messages: receive, queue, claim, reveal, disposition."""
