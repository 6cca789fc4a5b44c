"""The harness: measures, checks and compares the ways to run the prime search in parallel."""
