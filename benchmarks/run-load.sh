#!/usr/bin/env bash
# Measures one workload against a database behind any JDBC URL; --help tells the options.
# A driver that is not Lockstep's or SQLite's is put on the class path by EXTRA_CLASSPATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*:${EXTRA_CLASSPATH:-}" \
  dev.lockstep.benchmarks.LoadBenchmark "$@"
