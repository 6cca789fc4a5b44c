"""Manager().Event: a thread event in a server process."""

SOURCE = "manager"
KIND = "event"
