"""multiprocessing.Lock: a semaphore of the operating system with one place; any process may release it."""

SOURCE = "multiprocessing"
KIND = "lock"
