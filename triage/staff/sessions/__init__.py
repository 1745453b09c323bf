"""Server-side sessions of people who signed in: short, and ended at once where that is asked."""
