"""Who is said to have written a message, and who forwarded it to the desk."""
