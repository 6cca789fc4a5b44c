"""threading.RLock: its owner may take it again; written in C since Python 3.2."""

SOURCE = "threading"
KIND = "rlock"
