"""What is reported to the police, from the first thought to the end of it."""
