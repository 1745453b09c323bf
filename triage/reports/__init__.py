"""What people outside report to us: sealed, and read by its reporter with a receipt."""
