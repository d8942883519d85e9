#!/usr/bin/env bash
# Runs the microbenchmarks whose names match the arguments (JMH's options work: -h tells them).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build benchmarks
exec "$java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main "$@"
