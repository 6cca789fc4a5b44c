"""One TOML file is one plan; bench/core/plan_file.py says what may stand in it."""
