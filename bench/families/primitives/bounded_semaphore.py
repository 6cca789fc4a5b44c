"""multiprocessing.BoundedSemaphore: a semaphore that refuses to be released more often than acquired."""

SOURCE = "multiprocessing"
KIND = "bounded-semaphore"
