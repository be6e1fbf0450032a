"""The demonstration: a county that has worked with the system for a year. Words and places are in demo/."""
