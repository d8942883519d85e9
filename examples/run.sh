#!/usr/bin/env bash
# Runs one of the examples: examples/run.sh NAME [URL]. Without a URL it starts three nodes, and ends them afterwards.
# Needs a JDK 17 or newer and nothing else: what is not built yet is built first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
. examples/cluster.sh

name=${1:-} url=${2:-}
case $name in
  plain-jdbc) main=dev.lockstep.examples.jdbc.PlainJdbc ;;
  flyway) main=dev.lockstep.examples.flyway.Migrations ;;
  failover) main=dev.lockstep.examples.failover.Failover ;;
  spring-boot) main=dev.lockstep.examples.spring.MusicShop ;;
  *) fail "Usage: examples/run.sh plain-jdbc|flyway|failover|spring-boot [URL]" ;;
esac
if [ "$name" = failover ] && [ -n "$url" ]; then
  fail "failover kills nodes: it starts its own ones and takes no URL."
fi

build "examples/$name" examples/shop
data=$(mktemp -d "${TMPDIR:-/tmp}/lockstep-$name.XXXXXX")
trap 'end_processes; rm -rf "$data"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if [ "$name" != failover ] && [ -z "$url" ]; then
  start_cluster "$data"
fi
addresses=""
run=("$java" -cp "examples/$name/target/classes:examples/$name/target/lib/*" "$main")
case $name in
  failover) "${run[@]}" "$data" ;;
  spring-boot)
    for instance in 1 2 3; do
      find_port
      addresses+=" http://127.0.0.1:$port"
      start "$data/instance$instance.log" "${run[@]}" --server.port="$port" --spring.datasource.url="$url"
    done
    await_ports
    echo "Started three instances of the music shop:$addresses"
    echo "Ctrl-C ends them all."
    wait
    ;;
  *) "${run[@]}" "$url" ;;
esac
