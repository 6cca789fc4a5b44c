"""Manager().Semaphore: a thread semaphore in a server process."""

SOURCE = "manager"
KIND = "semaphore"
