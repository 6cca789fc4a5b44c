"""Ways to wait for each other: locks, semaphores, events, conditions, barriers."""
