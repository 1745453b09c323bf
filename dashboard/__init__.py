"""The screens: everything here draws what a room's service answers, and decides nothing."""
