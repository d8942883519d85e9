#!/usr/bin/env bash
# Compares the driver and a node with SQLite's own driver over the same file, in turns; --help tells the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.lockstep.benchmarks.DriverBenchmark "$@"
