"""The public report form: a process of its own, plain pages, no script, no address kept."""
