"""The harness: measures, checks and compares the ways to run one job in parallel."""
