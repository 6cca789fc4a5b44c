"""threading.BoundedSemaphore: a semaphore that refuses to be released more often than acquired."""

SOURCE = "threading"
KIND = "bounded-semaphore"
