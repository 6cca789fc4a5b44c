"""Numbers as people write them, and times and sizes as people read them."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.errors import UsageError
from bench.core.units import (
    decimal_number,
    format_bytes,
    format_decimal,
    format_percent,
    format_seconds,
    size_bytes,
    whole_number,
)

SCALE = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}
BINARY = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1000000", 1000000),
        ("1_000_000", 1000000),
        ("1,000,000", 1000000),
        ("1 000 000", 1000000),
        ("1e6", 1000000),
        ("1E6", 1000000),
        ("1e+6", 1000000),
        ("1.5e3", 1500),
        ("1.50e1", 15),
        ("2.0", 2),
        ("2**32", 4294967296),
        ("10^6", 1000000),
        ("2**3**2", 512),
        ("2^61-1", 2305843009213693951),
        ("1e12+1e6", 1000001000000),
        ("3*10**2", 300),
        ("-5", -5),
        ("+5", 5),
        ("0**0", 1),
        ("2**4095", 1 << 4095),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_written_as_people_write(text, number):
    """Digits, separators, exponents, powers, products and sums all read as the number they mean."""
    assert number == whole_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "1.5",
        "1e-3",
        "1e",
        "e6",
        "0x10",
        "1/2",
        "2**",
        "**2",
        "2**-1",
        "5-",
        "--5",
        "5--3",
        "5+-3",
        "1 e",
        "1e1.5",
        "inf",
        "nan",
        "1e6;ls",
        "()",
        "__import__('os')",
        "-",
        "+",
        "2***3",
        "1__0",
        "1_",
        "_1",
        "1_e3",
        "1e_3",
        "1,,000",
        "1,5",
        "1,000_000",
        "10,00",
        "1 00",
        "1 2",
        "1 000,000",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "\N{FULLWIDTH DIGIT ONE}0",
        "1e\N{DEVANAGARI DIGIT TWO}",
        "\N{SUPERSCRIPT TWO}",
        "\N{EM SPACE}1",
        "1..2",
    ],
)
def test_anything_else_is_refused(text):
    """What is no whole number is named in the error, with examples of what is one."""
    with pytest.raises(UsageError, match="is no whole number; write it like 1000000, 1_000_000, 1e6 or 2") as caught:
        whole_number(text)
    assert str(caught.value).startswith(text if text.strip() else "nothing")


@pytest.mark.parametrize(
    "text",
    ["9**9**9", "1e999999999", "2**4096", "2**4000*2**4000", "9" * 5000, "1e" + "9" * 5000, "10**10**10**10"],
)
def test_huge_numbers_end_quickly(text):
    """A number above 4096 bits is refused before it fills the memory, however it is written."""
    with pytest.raises(UsageError, match="too large: at most 4096 bits") as caught:
        whole_number(text)
    assert len(str(caught.value)) < 200


@given(st.integers(-(10**40), 10**40))
def test_plain_digits_read_as_python_reads_them(number):
    """Python's own notation, with and without separators, reads back unchanged."""
    assert number == whole_number(str(number)) == whole_number(f"{number:_}") == whole_number(f"{number:,}")


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader(text):
    """Any text is a whole number or a usage error, never another exception."""
    with contextlib.suppress(UsageError):
        assert isinstance(whole_number(text), int)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("4096", 4096),
        ("4096B", 4096),
        ("16KiB", 16384),
        ("16 kib", 16384),
        ("64MiB", 67108864),
        ("1e3", 1000),
        ("2G", 2147483648),
        ("2**10k", 1048576),
        ("1_000b", 1000),
    ],
)
def test_sizes(text, size):
    """A size is a whole number with a binary unit."""
    assert size == size_bytes(text)


@pytest.mark.parametrize("text", ["", "KiB", "5 apples", "-1", "-4KiB", "1kB2", "ten", "0-1"])
def test_no_size(text):
    """A negative size, an unknown unit and a missing number are refused."""
    with pytest.raises(UsageError, match="is no size; write it like"):
        size_bytes(text)


@given(st.floats(1e-9, 1e5))
def test_times_keep_three_digits(seconds):
    """A formatted time has three significant digits, so it is within 0.5 % of the time."""
    value, unit = format_seconds(seconds).split()
    assert float(value) * SCALE[unit] == pytest.approx(seconds, rel=0.00501)


@given(st.floats(1e-9, 999.4))
def test_times_have_the_unit_that_suits(seconds):
    """The number before the unit has one to three digits before the point: never 1000 ms, never 0.99 s."""
    value, _ = format_seconds(seconds).split()
    assert re.fullmatch(r"\d\.\d\d|\d\d\.\d|\d\d\d", value)
    assert 1 <= float(value) <= 999


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0.00 ns"),
        (1.0, "1.00 s"),
        (0.0009996, "1.00 ms"),
        (0.01234, "12.3 ms"),
        (4.9e-05, "49.0 µs"),
        (123.4, "123 s"),
        (3600.0, "3600 s"),
    ],
)
def test_times_as_people_read_them(seconds, text):
    """Examples, rounding up over the border of a unit among them."""
    assert text == format_seconds(seconds)


@given(st.integers(0, 2**40))
def test_formatted_sizes_are_exact(size):
    """A formatted size loses nothing: number times unit is the size."""
    number, unit = format_bytes(size).split()
    assert size == int(number) * BINARY[unit]


@pytest.mark.parametrize(
    ("text", "number"), [("90", 90.0), ("0.05", 0.05), (".5", 0.5), ("1.", 1.0), ("1e-3", 0.001), ("-2_0.5", -20.5)]
)
def test_decimals(text, number):
    """A point, a sign and an exponent may stand in a number that need not be whole."""
    assert number == decimal_number(text)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e400", "1__0", "0x1p3", "1,5", "\N{ARABIC-INDIC DIGIT THREE}"])
def test_no_decimal(text):
    """What Python's float takes beyond decimal digits, and what no float holds, is refused."""
    with pytest.raises(UsageError, match="is no number; write it like"):
        decimal_number(text)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1.705, 2, "1.71"),
        (0.5, 2, "0.50"),
        (0.0502, 2, "0.050"),
        (0.0049, 2, "0.0049"),
        (0.00005766, 2, "0.000058"),
        (3.2e-7, 2, "3.2e-07"),
        (-0.0021, 2, "-0.0021"),
        (0.0123, 3, "0.012"),
        (0.0, 2, "0.00"),
        (1e-17, 4, "0.0000"),
    ],
)
def test_small_ratios_keep_two_digits(value, digits, text):
    """A speed-up of 0.0049 is not 0.00; what only rounding has left of nothing is."""
    assert text == format_decimal(value, digits)


@pytest.mark.parametrize(
    ("ratio", "digits", "text"),
    [
        (0.93, 0, "93 %"),
        (0.006, 0, "1 %"),
        (0.0029, 0, "0.3 %"),
        (0.000058, 0, "0.006 %"),
        (0, 0, "0 %"),
        (0.0029, 1, "0.3 %"),
    ],
)
def test_small_shares_keep_a_digit(ratio, digits, text):
    """A share of 0.006 % is not 0 %."""
    assert text == format_percent(ratio, digits)
