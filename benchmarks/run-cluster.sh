#!/usr/bin/env bash
# Starts three nodes, runs all workloads with 1, 8 and 32 clients, prints a table, ends the nodes; --help tells the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.lockstep.benchmarks.ClusterBenchmark "$@"
