"""What a plan defines: which cases belong together.

A plan is one TOML file; `bench.core.plan_file` describes its keys. An entry point of the group ``primebench.plans``
names the package whose folder holds the file: ``nightly = "package.plans"`` is ``package/plans/nightly.toml``.
"""
