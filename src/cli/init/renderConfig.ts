import { type System, systemsWithRest, systemsWithSigners } from '../../config/systems.js'
import { wrapText } from '../output/wrapText.js'
import type { FoundManager } from './findManagers.js'

/** The content of a first configuration. */
export interface FirstConfig {
  readonly name: string
  readonly system: System
  /** As written to the file: a variable such as `${RPC_URL}` is kept. */
  readonly rpc: string
  readonly rest?: string | undefined
  readonly chainId?: number | string | undefined
  readonly address?: string | undefined
  /** The block from which the history is read, and why. */
  readonly history?: { readonly fromBlock: bigint; readonly why: string } | undefined
  /** Home of the node; absent if no upgrade-info.json is to be written. */
  readonly home?: string | undefined
  readonly profile?: string | undefined
  /** Process managers that were found, for the operator to choose from. */
  readonly managers?: readonly FoundManager[]
}

const readers: Readonly<Record<System, string>> = {
  governor: 'OpenZeppelin Governor, Compound Bravo and its forks',
  'gov-base': 'WBFT system contracts',
  wemix: 'WEMIX3.0: the registry, and the ballots it leads to',
  'wemixvisor-rpc': 'the JSON-RPC of wemixvisor',
  cosmos: 'Cosmos SDK x/gov and x/upgrade',
  'upgrade-entrypoint': 'a contract whose events announce upgrades; nobody votes',
  signal: 'Celestia x/signal: the versions that validators signal. For its proposals add a chain of the system cosmos',
  'fork-config': 'the next fork that nodes are configured for; all of rpc.urls are compared',
}
const width = 80

const onlyTold: Readonly<Partial<Record<System, string>>> = {
  signal: 'A Celestia node switches by itself: no upgrade-info.json is written, govstream only notifies.',
  'fork-config': 'A fork has a time and no height: no upgrade-info.json is written, govstream only notifies.',
}

/** Renders the configuration as a commented file: the detected values, and what people usually change next. */
export function renderConfig(config: FirstConfig): string {
  return [
    ...comment(0, 'Written by "govstream init". After a change, run "govstream check".'),
    ...comment(0, 'Every key is described in docs/configuration.md of the package.'),
    '',
    ...comment(0, 'What was read, sent and done. A file on a local disk, used by one process only.'),
    'state: ./govstream.db',
    '',
    'chains:',
    `  - name: ${config.name}`,
    ...rpcLines(config),
    ...governanceLines(config),
    ...validatorLines(config),
    ...fileLines(config),
    '',
    ...comment(0, 'Where notifications go. "govstream notify test all" tries them; docs/channels.md has more.'),
    'notifier:',
    '  handlers:',
    '    - { type: log }',
    '    # - { type: slack, webhookUrl: "${SLACK_WEBHOOK_URL}" }',
    '    # - { type: webhook, url: "${WEBHOOK_URL}", secret: "${WEBHOOK_SECRET}" }',
    '',
  ].join('\n')
}

function rpcLines({ rpc, chainId, system }: FirstConfig): readonly string[] {
  return [
    '    rpc:',
    ...comment(
      6,
      systemsWithRest.includes(system)
        ? 'CometBFT. The first healthy one is used; put your own node first.'
        : 'The first healthy one is used. With "agreement: 2" and a second node, run by other people, no single node is believed.',
    ),
    '      urls:',
    `        - ${quoted(rpc)}`,
    ...(chainId === undefined
      ? []
      : [
          ...comment(6, 'A node that answers for another chain is refused.'),
          `      chainId: ${typeof chainId === 'number' ? chainId : quoted(chainId)}`,
        ]),
  ]
}

function governanceLines({ system, address, history, rest }: FirstConfig): readonly string[] {
  return [
    '    governance:',
    ...comment(6, readers[system]),
    `      system: ${system}`,
    ...(address === undefined ? [] : [`      address: ${quoted(address)}`]),
    ...(history === undefined ? [] : [...comment(6, history.why), `      fromBlock: ${history.fromBlock}`]),
    ...(rest === undefined ? [] : ['      rest:', `        - ${quoted(rest)}`]),
  ]
}

/** Lines for the operator to fill in, because only the operator knows which validator is theirs. */
function validatorLines({ system }: FirstConfig): readonly string[] {
  if (!systemsWithSigners.includes(system)) return []
  return [
    ...comment(4, 'The consensus address of your validator: after an upgrade govstream checks whether it signs.'),
    '    # monitor:',
    '    #   validator: "…"',
  ]
}

function fileLines(config: FirstConfig): readonly string[] {
  const { home, profile, managers = [], system } = config
  const told = onlyTold[system]
  if (told !== undefined) return comment(4, told)
  const [first] = managers
  const written = [
    '    upgradeInfo:',
    `      home: ${quoted(home ?? first?.home ?? `/var/lib/${system === 'cosmos' ? 'gaia' : 'wemixd'}`)}`,
    `      profile: ${profile ?? first?.profile ?? (system === 'cosmos' ? 'cosmovisor' : 'wemixvisor')}`,
  ]
  return [
    ...comment(4, aboutHome(config)),
    ...(home === undefined
      ? written.map((line) => `    # ${line.slice(4)}`)
      : written.slice(0, profile === undefined ? 2 : 3)),
  ]
}

/** Explains the home. A Cosmos node writes the file itself, so there the home is only read. */
function aboutHome({ home, managers = [], system }: FirstConfig): string {
  const found = managers.length === 0 ? '' : `Found on this machine: ${managers.map(describe).join(', ')}. `
  if (system === 'cosmos') {
    const writes = 'A Cosmos node writes its upgrade-info.json itself at the height: nothing is written here.'
    return home === undefined
      ? `${found}${writes} With the home of the node, govstream checks before an upgrade whether binary and disk are ready.`
      : `The home of the node. ${writes}`
  }
  if (home !== undefined) return 'Where upgrade-info.json is written, at the height of each upgrade.'
  return found === ''
    ? 'Without the home of the node no upgrade-info.json is written: govstream only notifies.'
    : `${found}Without a home no upgrade-info.json is written: govstream only notifies.`
}

function describe({ home, profile }: FoundManager): string {
  return `${profile} in ${JSON.stringify(home)}`
}

function comment(indent: number, text: string): readonly string[] {
  const start = `${' '.repeat(indent)}# `
  return wrapText(text, width - start.length)
    .split('\n')
    .map((line) => `${start}${line}`)
}

/** Quotes a text as YAML, which reads double quotes as JSON does. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
