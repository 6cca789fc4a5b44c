"""multiprocessing.Barrier: go on when all are there; its state lies in shared memory, guarded by a condition."""

SOURCE = "multiprocessing"
KIND = "barrier"
