"""What stands beside messages: marks to find their like by, recipients' acts, handovers."""
