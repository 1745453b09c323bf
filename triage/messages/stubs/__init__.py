"""What is left of a message once it is erased: enough to know it again and to count it."""
