"""Manager().BoundedSemaphore: a thread semaphore in a server process that refuses too many releases."""

SOURCE = "manager"
KIND = "bounded-semaphore"
