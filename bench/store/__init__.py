"""Records to and from pyperf's JSON."""
