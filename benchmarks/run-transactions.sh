#!/usr/bin/env bash
# Compares transactions in both modes with ones that hold a lock, and with SQLite alone, in turns; --help tells the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" dev.lockstep.benchmarks.TransactionBenchmark "$@"
