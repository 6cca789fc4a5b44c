"""Kinds of primitives: one file is one kind, and says what it promises and what its parties do."""
