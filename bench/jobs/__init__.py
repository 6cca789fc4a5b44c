"""What can be distributed over workers: one file is one kind of job."""
