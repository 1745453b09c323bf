"""The code of conduct as data, in our own words."""
