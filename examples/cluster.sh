# Processes of a script, among them a cluster, that end with it. To be sourced in the repository's root directory, after
# build.sh; examples/shop must be built.

# What was started: process, log and the port at which it takes connections, in the same order.
pids=() logs=() ports=()

# Starts a program that is going to listen on $port. $1 is for its output, the rest is the command.
start() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  pids+=($!)
  logs+=("$log")
  ports+=("$port")
}

# Waits until all that were started take connections.
await_ports() {
  local i deadline=$((SECONDS + 120))
  for i in "${!pids[@]}"; do
    until (: <"/dev/tcp/127.0.0.1/${ports[i]}") 2>/dev/null; do
      if [ $SECONDS -ge $deadline ] || ! kill -0 "${pids[i]}" 2>/dev/null; then
        tail -n 20 "${logs[i]}" >&2
        fail "A process did not start; above is the end of what it said."
      fi
      sleep 0.1
    done
  done
}

# Kills them all: nobody needs the nodes' data any more.
end_processes() {
  if [ ${#pids[@]} -gt 0 ]; then
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
  fi
}

# Starts three nodes on free ports of 127.0.0.1, with data and logs in the directory $1. Sets $url.
start_cluster() {
  local members="" clients="" node client_ports=""
  for node in n1 n2 n3; do
    find_port
    members+=${members:+,}$node=127.0.0.1:$port
    find_port
    members+=:$port
    clients+=${clients:+,}127.0.0.1:$port
    client_ports+=" $port"
  done
  node=0
  for port in $client_ports; do
    node=$((node + 1))
    start "$1/n$node.log" "$java" -Xmx256m -cp 'examples/shop/target/lib/*' dev.lockstep.server.cli.Main start \
      --cluster example --node "n$node" --members "$members" --data "$1/n$node" --database shop
  done
  await_ports
  url=jdbc:lockstep://$clients/shop
  echo "Started three nodes: $url"
}

# Sets $port to one that nobody listens on; none twice, and none of those that systems give to outgoing connections.
next_port=$((10000 + RANDOM % 20000))
find_port() {
  while (: <"/dev/tcp/127.0.0.1/$next_port") 2>/dev/null; do
    next_port=$((next_port + 1))
  done
  port=$next_port
  next_port=$((next_port + 1))
}
