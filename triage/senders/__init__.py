"""Who wrote: one sender across all services."""
