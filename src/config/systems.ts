/** The governance systems that have a reader. */
export const systems = [
  'governor',
  'gov-base',
  'wemix',
  'wemixvisor-rpc',
  'cosmos',
  'upgrade-entrypoint',
  'signal',
  'fork-config',
] as const
export type System = (typeof systems)[number]

/** Systems that have no EVM contracts and no logs. */
export const systemsWithoutContracts: readonly string[] = [
  'wemixvisor-rpc',
  'cosmos',
  'signal',
] satisfies readonly System[]

/** Systems without the address of a governance contract. */
export const systemsWithoutAddress: readonly string[] = [...systemsWithoutContracts, 'fork-config' satisfies System]

/** Systems that report only the current state, not the state at an older block. */
export const systemsWithoutPast: readonly string[] = [
  'wemixvisor-rpc',
  'signal',
  'fork-config',
] satisfies readonly System[]

/** Systems that are read from two kinds of servers: CometBFT in `rpc.urls` and REST in `governance.rest`. */
export const systemsWithRest: readonly string[] = ['cosmos', 'signal'] satisfies readonly System[]

/** Systems that only report upgrades; no file is ever written for them. */
export const systemsThatOnlyTell: readonly string[] = ['signal', 'fork-config'] satisfies readonly System[]

/** Systems whose chain reports who signed a block. */
export const systemsWithSigners: readonly string[] = ['cosmos', 'gov-base', 'signal'] satisfies readonly System[]
