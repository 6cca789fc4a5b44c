"""The only code that starts processes to measure."""
