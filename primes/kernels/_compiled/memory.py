"""What compiled functions do with memory and words that Python has no expression for."""

from __future__ import annotations

from ctypes import POINTER, c_int32, c_int64, c_uint8, c_uint32
from typing import NamedTuple

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# Parts are called by compiled code only. To make each callable by Python as well takes a fifth of the time to compile,
# and changes no instruction of the whole.
_FROM_CODE = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

# Two ways to call a part at no cost. `inline` lets LLVM do it, after it has optimised the part alone; `splice` copies
# the part's instructions into the caller before anything is typed, which spares compiling large parts twice.
inline = njit(forceinline=True, **_FROM_CODE)
splice = njit(inline="always", **_FROM_CODE)
part = njit(**_FROM_CODE)

u8, u32, i32, i64, u64, f64 = types.uint8, types.uint32, types.int32, types.int64, types.uint64, types.float64
BYTES, INT64S, _WORDS = types.CPointer(u8), types.CPointer(i64), types.CPointer(u64)
_FIELDS = {
    c_int64: i64,
    POINTER(c_uint8): types.CPointer(u8),
    POINTER(c_int32): types.CPointer(i32),
    POINTER(c_uint32): types.CPointer(u32),
    POINTER(c_int64): types.CPointer(i64),
}


def reader(structure):
    """Return a compiled function from the address of a `ctypes.Structure` to a named tuple of its fields.

    All fields are read at once, so that they stay in registers whatever is written to memory in the meantime.
    """
    kind = _tuple_type(structure)

    @intrinsic
    def read(context, address):
        def generate(context, builder, signature, arguments):
            return _load(context, builder, arguments[0], structure, kind)

        return kind(BYTES), generate

    return read


def _tuple_type(structure):
    fields = [(name, _FIELDS[of] if of in _FIELDS else _tuple_type(of)) for name, of in structure._fields_]
    return types.NamedTuple([kind for _, kind in fields], NamedTuple(structure.__name__, fields))


def _load(context, builder, address, structure, kind):
    """Generate the code that reads a structure at ``address``."""
    values = []
    for (name, of), field in zip(structure._fields_, kind.types, strict=True):
        offset = ir.Constant(ir.IntType(64), getattr(structure, name).offset)
        place = builder.gep(address, [offset])
        if of in _FIELDS:
            values.append(builder.load(builder.bitcast(place, context.get_value_type(field).as_pointer())))
        else:
            values.append(_load(context, builder, place, of, field))
    return context.make_tuple(builder, kind, values)


@intrinsic
def behind(context, pointer, offset):
    """Return the pointer to what lies ``offset`` bytes on."""
    return BYTES(BYTES, i64), lambda context, builder, signature, arguments: builder.gep(arguments[0], arguments[1:])


@intrinsic
def after(context, pointer, offset):
    """Return the pointer to the int64 ``offset`` entries on."""
    return INT64S(INT64S, i64), lambda context, builder, signature, arguments: builder.gep(arguments[0], arguments[1:])


@intrinsic
def as_words(context, pointer):
    """Return the pointer as one to uint64."""

    def generate(context, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64).as_pointer())

    return _WORDS(BYTES), generate


@intrinsic
def ones(context, word):
    """Return the number of bits set in a uint64."""
    return u64(u64), lambda context, builder, signature, arguments: builder.ctpop(arguments[0])


@intrinsic
def trailing_zeros(context, word):
    """Return how many zeros a uint64 other than 0 ends in."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return u64(u64), generate


@intrinsic
def and_9(context, to, source, at, table, a, b, c, d, e, f, g, h):
    """Set the 64 bytes at ``to + at`` to the AND of those at ``source + at`` and at ``table`` + 8 offsets.

    Written as one vector because LLVM leaves the plain loop scalar: it gives up on checking 9 pointers for overlap.
    """
    signature = types.void(BYTES, BYTES, i64, BYTES, *(i64,) * 8)

    def generate(context, builder, signature, arguments):
        vector = ir.VectorType(ir.IntType(8), 64)

        def place(pointer, offset):
            return builder.bitcast(builder.gep(pointer, [offset]), vector.as_pointer())

        to, source, at, table = arguments[:4]
        value = builder.load(place(source, at), align=1)
        for offset in arguments[4:]:
            value = builder.and_(value, builder.load(place(table, builder.add(offset, at)), align=1))
        builder.store(value, place(to, at), align=1)
        return context.get_dummy_value()

    return signature, generate
