"""multiprocessing.Event: a flag that processes wait for; a condition and a semaphore inside."""

SOURCE = "multiprocessing"
KIND = "event"
