"""Reading what CPUs are called; the texts are excerpts of what the machines that are named show."""

from __future__ import annotations

import pytest

from bench.engine.cpu_model import model_in

XEON = """
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz
stepping\t: 4
"""
GRAVITON_2 = """
processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1

processor\t: 1
BogoMIPS\t: 243.75
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x3
CPU part\t: 0xd0c
CPU revision\t: 1
"""
ROCK_PRO_64 = """
processor\t: 0
CPU implementer\t: 0x41
CPU part\t: 0xd03

processor\t: 4
CPU implementer\t: 0x41
CPU part\t: 0xd08
"""
OF_32_BITS = """
processor\t: 0
model name\t: ARMv7 Processor rev 3 (v7l)
CPU implementer\t: 0x41
CPU part\t: 0xd08
"""
RASPBERRY_PI = f"{OF_32_BITS}\nHardware\t: BCM2711\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n"
POWER = """
processor\t: 0
cpu\t\t: POWER9 (architected), altivec supported
clock\t\t: 2200.000000MHz
"""


@pytest.mark.parametrize(
    ("name", "cpuinfo"),
    [
        ("Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", XEON),
        ("CPU implementer 0x41, part 0xd0c", GRAVITON_2),
        ("CPU implementer 0x41, part 0xd03 + CPU implementer 0x41, part 0xd08", ROCK_PRO_64),
        ("CPU implementer 0x41, part 0xd08", OF_32_BITS),
        ("Raspberry Pi 4 Model B Rev 1.4", RASPBERRY_PI),
        ("POWER9 (architected), altivec supported", POWER),
        (None, "processor\t: 0\nmodel\t\t: 85\n"),
        (None, ""),
    ],
)
def test_it_is_what_tells_cpus_apart(name, cpuinfo):
    """A name where there is one, the numbers of ARM's cores where there is none, and never a bare architecture."""
    assert name == model_in(cpuinfo)
