import { percentDecoded } from '../text/percentDecoded.js'

/*
 * Words that occur in the paths and queries of public endpoints. Anything else there may be a key.
 */
const publicWords = new Set(
  (
    'api rpc rest lcd grpc json jsonrpc http https ws wss public private free archive full node nodes light main mainnet test testnet devnet ' +
    'network networks chain chains chainid local staging prod production beta alpha latest evm eth ethereum sepolia holesky hoodi goerli ' +
    'polygon matic amoy arbitrum arb nova optimism opt base bsc bnb avalanche avax fuji gnosis fantom celo linea scroll zksync zkevm blast mantle ' +
    'cosmos cosmoshub hub osmosis juno celestia dydx injective kava evmos wemix wemix3 stablenet klaytn kaia cronos moonbeam moonriver harmony aurora ' +
    'status block blocks health hook hooks webhook webhooks notify services service incoming project projects user users admin root guest anonymous ' +
    'true false json yes none default one two index query app apps web client server gateway proxy govstream ' +
    'slack discord telegram email pagerduty teams ntfy pushover matrix command log'
  ).split(' '),
)

/** Names of query parameters whose value is always a secret. */
const secretNames = /key|token|secret|auth|pass|pwd|sig|credential|session|access|jwt/i

/**
 * Returns the parts of a URL that may be secrets: its password, the values of query parameters with a secret name, and
 * parts of user, path and query that are not plainly public. Public are parts such as `v3`, `eth-mainnet`, a chain id
 * or the words in `told`. The length of a part does not matter.
 */
export function secretsInUrl(url: string, told: ReadonlySet<string> = new Set()): readonly string[] {
  const { username, password, pathname, searchParams } = new URL(url)
  const pair = username === '' && password === '' ? [] : [`${percentDecoded(username)}:${percentDecoded(password)}`]
  const named = [...searchParams].flatMap(([name, value]) =>
    value === '' ? [name] : secretNames.test(name) ? [] : [value],
  )
  return [
    ...pair,
    password,
    ...[...searchParams].filter(([name]) => secretNames.test(name)).map(([, value]) => value),
    ...[username, ...pathname.split('/'), ...named].filter((part) => !isPublic(percentDecoded(part), told)),
  ].filter((part) => part !== '')
}

/** Returns the given public names and their words; none of them is a secret. */
export function wordsOfNames(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, ...name.split(betweenWords)]))
}

const betweenWords = /[-_.]/

function isPublic(part: string, told: ReadonlySet<string>): boolean {
  return (
    told.has(part) ||
    part
      .split(betweenWords)
      .every(
        (piece) =>
          /^(?:|v?\d{1,6}(?:alpha|beta)?\d{0,2})$/.test(piece) ||
          publicWords.has(piece.toLowerCase()) ||
          told.has(piece),
      )
  )
}
