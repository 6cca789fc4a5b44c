"""The version of the contract that plug-ins keep."""

CONTRACT = 1  # grows when a file that keeps the contract of an older version would no longer work
