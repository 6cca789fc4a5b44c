"""How a message becomes bytes and bytes a message again. Loaded in worker processes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from bench.families.channels._role import Side

CODECS = ("raw", "pickle", "pickle5-oob", "marshal", "msgpack", "msgspec")
EXTRAS = ("msgpack", "msgspec")  # codecs that are a library of their own, and the extra of the same name


def around(side: Side, codec: str) -> Side:
    """Return the side with the codec between it and its user."""
    if codec == "raw":
        return side
    send, receive = side
    if codec == "pickle5-oob":
        return _out_of_band(send, receive)
    encode, decode = _functions(codec)

    def send_encoded(message: Any) -> None:
        send(encode(message))

    def receive_decoded() -> Any:
        return decode(receive())

    return send_encoded, receive_decoded


def _functions(codec: str) -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    if codec == "marshal":
        import marshal

        return marshal.dumps, marshal.loads
    if codec in EXTRAS:
        from importlib import import_module

        library = import_module("msgpack" if codec == "msgpack" else "msgspec.msgpack")
        if codec == "msgpack":
            return library.packb, library.unpackb
        return library.Encoder().encode, library.Decoder().decode
    import pickle

    return lambda message: pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL), pickle.loads


def _out_of_band(send: Callable[[Any], object], receive: Callable[[], Any]) -> Side:
    from pickle import PickleBuffer, dumps, loads

    def send_parts(message: Any) -> None:
        buffers: list[PickleBuffer] = []
        send(dumps(PickleBuffer(message), protocol=5, buffer_callback=buffers.append))
        send(buffers[0].raw())

    def receive_parts() -> Any:
        pickled = receive()
        return loads(pickled, buffers=[receive()])

    return send_parts, receive_parts


def encoded_bytes(message: Any, codec: str) -> int | None:
    """Return how many bytes the codec makes of a message; None when it makes none (a list that stays as it is)."""
    frames: list[Any] = []
    around((frames.append, frames.pop), codec)[0](message)
    return None if isinstance(frames[0], list) else sum(map(len, frames))
