"""One file is one view: from records to a report."""
