"""The program that measures one case under pyperf."""
