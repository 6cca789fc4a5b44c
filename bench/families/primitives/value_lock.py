"""multiprocessing.Value with its own lock: += alone loses counts, only get_lock() around it makes it whole."""

SOURCE = "multiprocessing"
KIND = "value-lock"
