"""threading.Semaphore: so many places; written in Python over a condition."""

SOURCE = "threading"
KIND = "semaphore"
