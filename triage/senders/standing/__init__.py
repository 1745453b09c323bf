"""What is in force for a sender now: told by the rooms above, read by all who meet the sender."""
