"""From records to tables, charts and sentences."""
