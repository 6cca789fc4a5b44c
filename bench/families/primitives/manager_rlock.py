"""Manager().RLock: a thread lock in a server process, owned by the connection that took it."""

SOURCE = "manager"
KIND = "rlock"
