#!/usr/bin/env bash
# Measures the pauses of writers while snapshots of a large database are taken and installed; --help tells the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.lockstep.benchmarks.SnapshotBenchmark "$@"
