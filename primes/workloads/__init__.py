"""One file is one named workload: a range of numbers and how many of them are prime."""
