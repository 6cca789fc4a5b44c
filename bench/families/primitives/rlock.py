"""multiprocessing.RLock: its owner may take it again, which is counted in its own process without a system call."""

SOURCE = "multiprocessing"
KIND = "rlock"
