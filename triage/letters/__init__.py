"""Letters to people outside: drafted, checked, previewed, sent exactly as they were previewed."""
