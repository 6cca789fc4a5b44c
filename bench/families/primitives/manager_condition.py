"""Manager().Condition: a thread condition in a server process; the textbook's queue of customers uses one like it."""

SOURCE = "manager"
KIND = "condition"
