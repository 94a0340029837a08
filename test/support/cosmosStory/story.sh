#!/usr/bin/env bash
# The story of record.ts, on a chain of one validator. Usage: story.sh HOME SIMD SIMD_V2
# SIMD is simapp's simd as it is; SIMD_V2 has an upgrade handler of the name v2. See README.md.
set -euo pipefail
home=$1 simd=$2 next=$3 chain=story-1
authority=cosmos10d07y265gmmuvt4z0w9aw880jnsr700j6zn9kn
rpc=tcp://127.0.0.1:26757

rm -rf "$home"
"$simd" init node --chain-id $chain --home "$home" 2>/dev/null
set_client() { "$simd" config "$1" "$2" --home "$home"; }
set_client keyring-backend test
set_client chain-id $chain
set_client node $rpc
set_client broadcast-mode block
for name in val idle; do
  "$simd" keys add $name --home "$home" --output json >/dev/null 2>&1
  "$simd" add-genesis-account "$("$simd" keys show $name -a --home "$home")" 1000000000stake --home "$home"
done
sed -i 's/"voting_period": "[^"]*"/"voting_period": "8s"/; s/"amount": "10000000"/"amount": "1000"/' "$home/config/genesis.json"
"$simd" gentx val 500000000stake --chain-id $chain --home "$home" 2>/dev/null
"$simd" collect-gentxs --home "$home" >/dev/null 2>&1
sed -i "s/^timeout_commit = .*/timeout_commit = \"1s\"/; s#tcp://127.0.0.1:26657#$rpc#; s#tcp://0.0.0.0:26656#tcp://127.0.0.1:26756#; s/^pprof_laddr = .*/pprof_laddr = \"\"/" "$home/config/config.toml"
sed -i 's/^pruning = .*/pruning = "nothing"/; s/^minimum-gas-prices = .*/minimum-gas-prices = "0stake"/; /^\[api\]/,/^\[/ s/^enable = false/enable = true/; s#tcp://0.0.0.0:1317#tcp://127.0.0.1:1417#; s/0.0.0.0:9090/127.0.0.1:9190/; s/0.0.0.0:9091/127.0.0.1:9191/' "$home/config/app.toml"

height() { curl -s 127.0.0.1:26757/status | sed -n 's/.*"latest_block_height":"\([0-9]*\)".*/\1/p'; }
wait_for() { until [ "$(height || true)" -ge "$1" ] 2>/dev/null; do sleep 0.2; done; }
send() { "$simd" tx "$@" --home "$home" --yes --gas 400000 --output json | sed -n 's/.*"height":"\([0-9]*\)".*"code":\([0-9]*\).*/block \1, code \2/p'; }
propose() {
  printf '{"messages":[%s],"metadata":"{\\"title\\":\\"%s\\",\\"summary\\":\\"%s, as the story wants it.\\"}","deposit":"1000stake"}' "$2" "$1" "$1" >"$home/proposal.json"
  echo "$1: $(send gov submit-proposal "$home/proposal.json" --from val)"
}
vote() { echo "vote on $1: $(send gov vote "$1" "$2" --from "${3:-val}")"; }
upgrade() { printf '{"@type":"/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade","authority":"%s","plan":{"name":"%s","height":"%s","info":""}}' $authority "$1" "$2"; }

"$simd" start --home "$home" >"$home/old.log" 2>&1 &
node=$!
wait_for "${BEGIN:-3}"
propose 'A word to the validators' ''
propose 'Upgrade early' "$(upgrade early 38)"
propose 'Upgrade bad' "$(upgrade bad 39)"
vote 1 yes
vote 2 yes
vote 3 no
wait_for 16
propose 'Cancel early' "{\"@type\":\"/cosmos.upgrade.v1beta1.MsgCancelUpgrade\",\"authority\":\"$authority\"}"
vote 4 yes
wait_for 22
propose 'Upgrade v2' "$(upgrade v2 36)"
vote 5 yes
vote 5 abstain idle
# The height of the plan: the old version stops by itself after the block before it.
wait_for 36
sleep 2
kill $node || true
wait $node || true
"$next" start --home "$home" >"$home/new.log" 2>&1 &
wait_for 40
echo "The chain goes on, process $!."
