"""The guide: one page per question that a user has."""
