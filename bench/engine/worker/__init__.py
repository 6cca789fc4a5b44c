"""The program that measures one case."""
