#!/usr/bin/env bash
# Starts three nodes, loads a music shop, kills the leader while orders are placed, and proves that none was lost.
# Needs a JDK 17 or newer and nothing else: what is not built yet is built first. --help tells the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

. examples/build.sh
build examples/shop
exec "$java" -cp "examples/shop/target/classes:examples/shop/target/lib/*" dev.lockstep.examples.shop.ShopDemo "$@"
