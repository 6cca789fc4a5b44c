"""From a record to numbers per case, and from numbers to findings: what use cases and reports both need."""
