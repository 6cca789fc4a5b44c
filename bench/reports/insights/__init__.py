"""One file is what a family's times teach beyond a row per case; it is named after the family."""
