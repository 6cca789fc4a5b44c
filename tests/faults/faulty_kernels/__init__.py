"""Kernels that do harm: put tests/faults on PYTHONPATH and name them like ``faulty_kernels.hangs``."""
