"""multiprocessing.Condition: wait until told; one lock and three semaphores, a wake-up takes several of them."""

SOURCE = "multiprocessing"
KIND = "condition"
