"""threading.Lock: a lock inside the process, with no system call unless somebody waits."""

SOURCE = "threading"
KIND = "lock"
