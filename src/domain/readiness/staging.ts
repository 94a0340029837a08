import type { BinaryFormat } from './binaryFormat.js'
import type { UnreadyNode } from '../plans/plan.js'
import type { HashType } from './plannedDownload.js'
import type { Layout } from './upgradeDirectory.js'

/** What lies on the disk where the process manager will look for the binary of a plan. Paths are absolute. */
export type Staging =
  /** No home is configured: nobody says where the binaries of the node are. */
  | { readonly kind: 'no-home' }
  /** Nothing is staged on this chain: the program of the node holds several versions, and switches by itself. */
  | { readonly kind: 'in-release' }
  /** Nothing is staged: nodes tell whether they know it. `unready`: those that do not. */
  | { readonly kind: 'in-nodes'; readonly unready: readonly UnreadyNode[] }
  /** `problem` is a sentence: what the name of the plan is, so that no directory is looked for by it. */
  | { readonly kind: 'unusable-name'; readonly problem: string }
  /** The profile fits both process managers; `present` are those whose directory is in the home. */
  | { readonly kind: 'no-layout'; readonly home: string; readonly present: readonly Layout[] }
  /** `reason` ends the sentence "… cannot be read". */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'no-root'; readonly layout: Layout; readonly root: string }
  /** `alike`: the name of a directory that was meant for it. */
  | {
      readonly kind: 'no-directory'
      readonly layout: Layout
      readonly directory: string
      readonly daemon?: string
      readonly alike?: string
    }
  /** The genesis directory holds several programs, or none. */
  | { readonly kind: 'no-daemon'; readonly genesis: string; readonly names: readonly string[] }
  /** Half-made: the directory is there, and the binary is not. `names`: what is in its `bin` instead. */
  | {
      readonly kind: 'no-binary'
      readonly layout: Layout
      readonly directory: string
      readonly path: string
      readonly names: readonly string[]
    }
  | { readonly kind: 'no-file'; readonly path: string }
  | StagedBinary

/**
 * `dangling`: a link that leads nowhere. `no-link`: something else is in its place. `switched`: it leads to the new
 * binary already.
 */
export type CurrentFault = 'dangling' | 'no-link' | 'switched'

/** The binary as it lies there. */
export interface StagedBinary {
  readonly kind: 'binary'
  readonly layout: Layout
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** By the user that the home belongs to. */
  readonly mayBeRun: boolean
  readonly format: BinaryFormat
  /** What stands in the way of the switch at the link to the binary that runs now. @defaultValue nothing */
  readonly current?: CurrentFault
  /** Of its bytes, those that were asked for; lower-case hex. */
  readonly hashes: Partial<Readonly<Record<HashType, string>>>
}
