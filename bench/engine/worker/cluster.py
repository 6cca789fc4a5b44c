"""Make a cluster ready for what is measured, and keep it so until stdin ends: what `bench.engine.cluster` starts.

A process of its own, because Dask's client has threads. Whatever ends whoever started it ends it as well, and the
scheduler cleans up when it loses this client.
"""


def main() -> int:
    """Write a line of JSON: what the cluster is, or why it cannot be used; then wait."""
    import json
    import sys
    from contextlib import ExitStack
    from dataclasses import asdict

    from bench.cluster import settings
    from bench.cluster.access import asked_for
    from bench.cluster.lacking import lacking
    from bench.cluster.opened import opened
    from bench.cluster.ready import ready
    from bench.cluster.users_code import modules
    from bench.core import kernels
    from bench.core.errors import PrimebenchError, reason
    from bench.engine.hosts import hosts

    warnings: list[str] = []
    sent: list[str] = []
    try:
        asked = json.loads(sys.argv[1])
        own = [f"{kernel}:" for kernel in asked["kernels"] if kernel not in kernels.names()]
        code = modules([*asked["code"], *own])
        with ExitStack() as stack:
            cluster = stack.enter_context(opened(asked_for(), None, least=asked["workers"]))
            client = cluster.client
            address = client.scheduler.address
            stack.enter_context(ready(cluster, warnings.append, sent.append, code, measured=True))
            found = {
                "scheduler": address,
                "workers": len(cluster.workers),
                "encrypted": address.startswith("tls://"),
                **settings.read(client),
            }
            machines = [asdict(machine) for machine in hosts(client)]
            lacks = {
                kernel: f"{worker}: {why}"
                for worker, known in lacking(cluster, asked["kernels"], cluster.workers).items()
                for kernel, why in known.items()
            }
            answer = {"warnings": warnings, "sent": sent, "hosts": machines, "cluster": found, "lacks": lacks}
            print(json.dumps(answer), flush=True)
            sys.stdin.read()
    except PrimebenchError as error:
        told = str(error)
    except Exception as error:  # whatever else Dask makes of a cluster that comes and goes
        told = f"the cluster cannot be made ready ({type(error).__name__}: {reason(error)})."
    else:
        return 0
    print(json.dumps({"error": told}), flush=True)
    return 1


if __name__ == "__main__":
    import sys

    sys.exit(main())
