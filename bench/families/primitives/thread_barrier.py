"""threading.Barrier: go on when all are there; written in Python over a condition."""

SOURCE = "threading"
KIND = "barrier"
