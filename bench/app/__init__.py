"""One file is one use case: it yields events and never prints, so that a command, a test or a notebook can listen."""
