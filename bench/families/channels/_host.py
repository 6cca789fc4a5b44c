"""A peer as it would stand on another host: a program whose argument is the number of an open connection.

It is started as a program of its own and inherits nothing from the measuring process but the control line, which
stands for the terminal that somebody would start it from. Over it comes what that person would type in: which channel,
its address, its port and its key.
"""


def main() -> None:
    """Be the far side of what the control line names."""
    import sys
    from multiprocessing.connection import Connection

    from bench.families.channels._peer import serve

    control = Connection(int(sys.argv[1]))
    serve(control, *control.recv())


if __name__ == "__main__":
    main()
