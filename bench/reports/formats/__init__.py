"""One file is one output format of a table."""
