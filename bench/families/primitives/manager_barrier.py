"""Manager().Barrier: a thread barrier in a server process; its action runs there too."""

SOURCE = "manager"
KIND = "barrier"
