"""The parts of a page: its tables and figures, what it says, and what is shipped to draw its charts."""
