"""threading.Condition: wait until told; every waiter sleeps on a lock of its own."""

SOURCE = "threading"
KIND = "condition"
