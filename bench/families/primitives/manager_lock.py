"""Manager().Lock: a thread lock in a server process; every acquire and release is a message and its answer."""

SOURCE = "manager"
KIND = "lock"
