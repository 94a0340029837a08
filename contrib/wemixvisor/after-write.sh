#!/bin/sh
# Takes a node under wemixvisor's process.Manager over an upgrade, as upgradeInfo.afterWrite of govstream.
#
# That manager stops and starts the old binary for ever once the file appears. Restarted with the file in place, it
# leaves the node alone and switches as soon as the node ends with an error. So: restart it, then end the node it has
# just started. Safe to run again: where the switch is made already, nothing is done.
#
#   after-write.sh [unit of wemixvisor]
set -eu

unit=${1:-wemixd.service}
home=$(dirname "$(dirname "$GOVSTREAM_FILE")")
target=$home/wemixvisor/upgrades/$GOVSTREAM_NAME

switched() {
  [ "$(readlink -f "$home/wemixvisor/current")" = "$(readlink -f "$target")" ]
}

# Runs a command until it succeeds, for half a minute.
within_30s() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 300 ]; then return 1; fi
    sleep 0.1
  done
}

find_node() {
  manager=$(systemctl show --property=MainPID --value "$unit")
  case $manager in ''|0) return 1 ;; esac
  node=$(pgrep -P "$manager" | head -n 1)
  [ -n "$node" ]
}

staged() {
  for file in "$target"/bin/*; do
    if [ -x "$file" ]; then return 0; fi
  done
  return 1
}

if switched; then
  echo "$GOVSTREAM_NAME is current already"
  exit 0
fi

systemctl restart "$unit"
within_30s find_node || { echo "$unit runs no node 30 s after its restart: look at it now"; exit 1; }
# A node that ended with an error as the manager was stopped has been switched by that already.
if switched; then
  echo "switched to $GOVSTREAM_NAME"
  exit 0
fi

if ! staged; then
  echo "no binary in $target/bin: put it there, then end the node with: kill -KILL $node"
  exit 1
fi

# It has just started and holds nothing that is not on the disk yet.
kill -KILL "$node"
within_30s switched || { echo "$unit did not switch to $GOVSTREAM_NAME: look at its log now"; exit 1; }
echo "switched to $GOVSTREAM_NAME"
