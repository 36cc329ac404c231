#!/usr/bin/env bash
# Two hosts on one machine: network namespaces, joined by a line of a given rate, in each of which Open MPI, or with MPI=mpich
# MPICH, starts a process.
# Linux, as root. Usage: npm run build && tools/bench/mpi-hosts.sh 1gbit node tools/bench/mpi.js [flags]; for the rate, `none`: no limit
set -euo pipefail
rate=$1
shift
hosts=(fbsd-a fbsd-b)
made=()

temporary=$(mktemp -d)
clean() {
  for host in "${made[@]}"; do ip netns del "$host" 2> /dev/null || true; done
  rm -r "$temporary"
}
trap clean EXIT

for host in "${hosts[@]}"; do
  ip netns add "$host"
  made+=("$host")
done
ip link add eth0 netns fbsd-a type veth peer name eth0 netns fbsd-b
address=1
for host in "${hosts[@]}"; do
  ip -n "$host" addr add "10.99.0.$address/24" dev eth0
  ip -n "$host" link set eth0 up
  ip -n "$host" link set lo up
  [ "$rate" = none ] ||
    ip netns exec "$host" tc qdisc add dev eth0 root tbf rate "$rate" burst 1mb latency 50ms
  address=$((address + 1))
done

# UCX takes no line whose address is not settled.
for host in "${hosts[@]}"; do
  while ip -n "$host" addr show dev eth0 | grep -q tentative; do sleep 0.1; done
done

# What MPI takes for ssh: `agent [-x] HOST COMMAND…`.
cat > "$temporary/agent" << 'AGENT'
#!/bin/sh
[ "$1" != -x ] || shift
shift
exec ip netns exec fbsd-b unshare --uts sh -c "hostname fbsd-b; $*"
AGENT
chmod +x "$temporary/agent"

network=10.99.0.0/24
case ${MPI:-openmpi} in
  openmpi)
    # The launcher's own host by name: by address, Open MPI 5 finds no slots there.
    launcher=(
      mpirun.openmpi --allow-run-as-root --bind-to none -np 2 --host "${hosts[0]}:1,10.99.0.2:1"
      --mca plm_rsh_agent "$temporary/agent" --mca btl tcp,self
      --mca btl_tcp_if_include "$network" --mca oob_tcp_if_include "$network"
    )
    ;;
  mpich)
    # Otherwise UCX exchanges by the memory that both share.
    launcher=(
      mpirun.mpich -np 2 -hosts 10.99.0.1:1,10.99.0.2:1 -localhost 10.99.0.1 -iface eth0
      -launcher ssh -launcher-exec "$temporary/agent"
      -genv UCX_TLS tcp,self
    )
    ;;
  *)
    echo "MPI must be openmpi or mpich; got $MPI." >&2
    exit 1
    ;;
esac
ip netns exec fbsd-a unshare --uts sh -c 'hostname fbsd-a; exec "$@"' sh "${launcher[@]}" "$@"
