"""multiprocessing.Semaphore: so many places; every release adds one, however many there were."""

SOURCE = "multiprocessing"
KIND = "semaphore"
