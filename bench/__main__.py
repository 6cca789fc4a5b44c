"""``python -m bench`` and the command ``primebench``."""

from bench.cli.main import main

if __name__ == "__main__":
    main()
