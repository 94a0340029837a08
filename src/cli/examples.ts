import type { Command } from 'commander'

/** Example command lines, by the words that call the command. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  init: [
    'govstream init',
    'govstream init --rpc http://127.0.0.1:8545 --address 0x5FbD…0aa3 --yes',
    "govstream init --rpc '${RPC_URL}' --rest https://rest.example.org",
  ],
  run: ['govstream run', 'govstream run --config /etc/govstream/govstream.yaml'],
  sync: ['govstream sync', 'govstream sync --json'],
  check: ['govstream check', 'govstream check --rpc http://127.0.0.1:8545 --address 0x5FbD…0aa3'],
  status: ['govstream status', 'govstream status --exit-code', 'govstream status --state govstream.db --json'],
  watch: ['govstream watch', 'govstream watch --url http://127.0.0.1:9464', 'govstream watch --state govstream.db'],
  proposals: ['govstream proposals --active', 'govstream proposals 75987554', 'govstream proposals --status passed'],
  upgrades: ['govstream upgrades', 'govstream upgrades --chain mainnet --json'],
  preflight: ['govstream preflight', 'govstream preflight v2.0.0 --json'],
  replay: ['govstream replay --chain mainnet --from 1200000 --to 1250000'],
  notifications: [
    'govstream notifications --unread',
    'govstream notifications --read all',
    'govstream notifications --failed',
    'govstream notifications --resend all',
  ],
  audit: ['govstream audit --limit 20', 'govstream audit --chain mainnet --json'],
  explain: ['govstream explain v2.0.0', 'govstream explain mainnet/0x5FbD…0aa3/12'],
  'notify test': ['govstream notify test all', 'govstream notify test pager'],
  'notify preview': ['govstream notify preview upgrade_scheduled', 'govstream notify preview not_voted --handler ops'],
  'silence add': [
    "govstream silence add --match 'chain=main*' --for 2h --comment 'node is moved'",
    'govstream silence add --match event=voted --for 1d --comment lab',
  ],
  'silence list': ['govstream silence list'],
  'silence remove': ['govstream silence remove 3'],
  'plan add': [
    'govstream plan add v2.0.0 --height 1500000',
    `govstream plan add v2 --height 1500000 --chain main --info '{"binaries":{}}'`,
  ],
  'plan list': ['govstream plan list'],
  'plan remove': ['govstream plan remove v2.0.0'],
  demo: ['govstream demo'],
  'service print': ['govstream service print', 'govstream service print --environment-file /etc/govstream/secrets'],
  'service install': [
    'govstream service install --config /etc/govstream/govstream.yaml',
    'govstream service install --user',
  ],
  completion: [
    'source <(govstream completion bash)',
    'govstream completion zsh > "${fpath[1]}/_govstream"',
    'govstream completion fish > ~/.config/fish/completions/govstream.fish',
  ],
}

/** Appends the examples to the help of each command. */
export function addExamples(parent: Command, path = ''): void {
  for (const command of parent.commands) {
    const name = `${path}${command.name()}`
    const lines = examples[name] ?? []
    if (lines.length > 0)
      command.addHelpText('after', ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n'))
    addExamples(command, `${name} `)
  }
}
