"""One folder is one family: a kind of experiment and its members."""
