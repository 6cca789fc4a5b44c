"""What the samples say: pure functions over plain sequences, and the only owner of numpy in the harness."""
