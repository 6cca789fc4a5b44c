"""threading.Event: a flag that threads wait for; a condition inside."""

SOURCE = "threading"
KIND = "event"
