"""What is kept for a time, and how it ends; and what a person may have of their own."""
