"""Moving data between two processes: one file is one channel."""
