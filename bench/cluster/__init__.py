"""Clusters of Dask: reaching one or making one, comparing its sides, and tasks on its workers with own deadlines."""
