"""What a plug-in defines: plain names in one module, found by file name in our folders or by entry point in others'.

A plug-in needs no import of ours. Each module here describes one kind: the names that its file defines, what they are
called with, and what they may assume. Types are protocols and plain records, so that an author can check against them;
nothing but the standard library is imported. The version of the contract is in `bench.contract.version`.

=====================  ======================  ==============================================
entry-point group      contract                our own are in
=====================  ======================  ==============================================
primebench.backends    `bench.contract.backend`  ``bench/families/backends``
primebench.kernels     `bench.contract.kernel`   ``primes/kernels``
primebench.jobs        `bench.contract.job`      ``bench/jobs``
primebench.formats     `bench.contract.format`   ``bench/reports/formats``
primebench.plans       `bench.contract.plan`     ``bench/plans``
=====================  ======================  ==============================================
"""
