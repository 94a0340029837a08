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

/** Systems of a chain that is no EVM chain as far as the reader can see: no contracts, no blocks of logs. */
export const systemsWithoutContracts: readonly string[] = [
  'wemixvisor-rpc',
  'cosmos',
  'signal',
] satisfies readonly System[]

/** Systems without an address of anything that governs. */
export const systemsWithoutAddress: readonly string[] = [...systemsWithoutContracts, 'fork-config' satisfies System]

/** Systems whose servers tell what is now, and are not asked for the state after an older block. */
export const systemsWithoutPast: readonly string[] = [
  'wemixvisor-rpc',
  'signal',
  'fork-config',
] satisfies readonly System[]

/** Systems that are read at two kinds of servers: CometBFT under `rpc.urls`, and REST under `governance.rest`. */
export const systemsWithRest: readonly string[] = ['cosmos', 'signal'] satisfies readonly System[]

/** Systems that only tell of upgrades: nothing is ever written for them. */
export const systemsThatOnlyTell: readonly string[] = ['signal', 'fork-config'] satisfies readonly System[]

/** Systems whose chain tells who signed a block. */
export const systemsWithSigners: readonly string[] = ['cosmos', 'gov-base', 'signal'] satisfies readonly System[]
