"""The prime search for use and not for measuring: bounded windows through a backend, checked, written in order."""
