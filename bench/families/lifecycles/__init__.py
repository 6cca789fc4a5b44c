"""Ways to make and to end workers."""
