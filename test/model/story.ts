import type { HttpRequest } from '../../src/transport/HttpClient.js'

// The vocabulary of the model: what is true on a chain, how its nodes behave, and what a monitor made of both.

/** Unix milliseconds at which each story begins, and the newest block then. */
export const beginning = 1_719_005_000_000
export const firstBlock = 1_000

/** A plan that the chain decided on. */
export interface Plan {
  readonly name: string
  readonly height: number
  readonly info?: string
}

/** What a liar changes in a plan; the height is a difference. */
export type Twist = Partial<Plan>

export function twisted(plan: Plan, { height = 0, ...twist }: Twist): Plan {
  return { ...plan, ...twist, height: plan.height + height }
}

/** How one node behaves during a phase. */
export interface Mood<Lie> {
  /** Blocks that it is behind the chain. */
  readonly lag: number
  /** It has stopped: it gets no block during the phase. */
  readonly isHalted?: boolean
  readonly isDown?: boolean
  /** A fifth of its requests fail. */
  readonly failsOften?: boolean
  /** It has no logs older than 60 blocks. */
  readonly isPruned?: boolean
  /** What it says that is not so. */
  readonly lie?: Lie
  /** Blocks that it claims beyond its real ones. */
  readonly leap?: number
  /** Its lists end after the first entry. */
  readonly cutsLists?: boolean
}

/** A time in which nothing about the nodes changes. */
export interface Phase<Lie> {
  readonly seconds: number
  readonly nodes: readonly Mood<Lie>[]
  /** The monitor goes on, is restarted at the beginning, or does not run. */
  readonly monitor: 'runs' | 'restarts' | 'stopped'
}

export interface Setting {
  readonly agreement: number
  readonly pollSeconds: number
  readonly when: 'at-height' | 'on-schedule'
  readonly blockSeconds: number
  /** Decides which requests fail, and the times of the polls. */
  readonly seed: number
}

export interface Story<Truth, Lie> {
  readonly truth: Truth
  readonly setting: Setting
  readonly phases: readonly Phase<Lie>[]
}

/** What a node knows when it answers. */
export interface View<Truth, Lie> {
  readonly truth: Truth
  readonly mood: Mood<Lie>
  /** The newest block that it has. */
  readonly real: number
  /** The newest block that it claims. */
  readonly head: number
  /** The newest block is not executed yet: the chain waits for the file of a plan. */
  readonly isWaiting: boolean
  /** Unix seconds of a block. */
  readonly timeOf: (block: number) => number
}

export interface NodeAnswer {
  readonly status: number
  readonly body: unknown
  /** In lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What the model knows of a governance system. */
export interface System<Truth, Lie> {
  /** The chain in the configuration, without what all systems share. */
  readonly chain: (
    urls: readonly string[],
    truth: Truth,
  ) => { readonly rpc?: object; readonly governance: object; readonly plans?: readonly object[] }
  readonly profile: 'cosmovisor' | 'wemixvisor'
  /** No file is written: people are only told. */
  readonly onlyTells?: true
  /**
   * A plan that is decided less blocks before its height may be missed, and one around whose height too few nodes are
   * well for as many seconds. @defaultValue 25 and 60
   */
  readonly timely?: { readonly blocks: number; readonly seconds: number }
  /**
   * True if a node that behaves so from one block to another hides the plan. One that is read first may do so for ten
   * minutes.
   */
  readonly hides?: (
    mood: Mood<Lie>,
    hidden: { readonly truth: Truth; readonly plan: Plan; readonly from: number; readonly to: number },
  ) => boolean
  readonly answer: (view: View<Truth, Lie>, request: HttpRequest) => NodeAnswer
  /**
   * The plan without whose file the block `newest` is not executed. On such a chain, each plan is written, however long
   * it takes; a plan that it does not wait for may have been carried out before the file was there.
   */
  readonly waitsFor?: (truth: Truth, newest: number) => Plan | undefined
  /** The plans in force once this is the newest block: those that are awaited, and those whose height came in force. */
  readonly inForce: (truth: Truth, newest: number) => readonly Plan[]
}

/** True if both are the same plan. */
export function isSame(a: Plan, b: Plan): boolean {
  return a.name === b.name && a.height === b.height && (a.info ?? '') === (b.info ?? '')
}

/** The newest block at a time in Unix milliseconds, if the chain never waits. */
export function blockAt({ blockSeconds }: Pick<Setting, 'blockSeconds'>, time: number): number {
  return firstBlock + Math.floor((time - beginning) / 1_000 / blockSeconds)
}

/** Unix seconds of a block. */
export function timeOfBlock({ blockSeconds }: Pick<Setting, 'blockSeconds'>, block: number): number {
  return beginning / 1_000 + (block - firstBlock) * blockSeconds
}
