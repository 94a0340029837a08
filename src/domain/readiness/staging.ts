import type { BinaryFormat } from './binaryFormat.js'
import type { UnreadyNode } from '../plans/plan.js'
import type { HashType } from './plannedDownload.js'
import type { Layout } from './upgradeDirectory.js'

/** What is on the disk where the process manager will look for the binary of a plan. Paths are absolute. */
export type Staging =
  /** No home is configured, so it is not known where the binaries of the node are. */
  | { readonly kind: 'no-home' }
  /** Nothing is staged on this chain: the node's program contains several versions and switches by itself. */
  | { readonly kind: 'in-release' }
  /** Nothing is staged; nodes report whether they know the upgrade. `unready` are those that do not. */
  | { readonly kind: 'in-nodes'; readonly unready: readonly UnreadyNode[] }
  /** `problem` is a sentence that says why the plan's name cannot be used to look for a directory. */
  | { readonly kind: 'unusable-name'; readonly problem: string }
  /** The profile fits both process managers; `present` are those whose directory exists in the home. */
  | { readonly kind: 'no-layout'; readonly home: string; readonly present: readonly Layout[] }
  /** `reason` completes the sentence "… cannot be read". */
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'no-root'; readonly layout: Layout; readonly root: string }
  /** `alike`: the name of a similar directory that was probably meant. */
  | {
      readonly kind: 'no-directory'
      readonly layout: Layout
      readonly directory: string
      readonly daemon?: string
      readonly alike?: string
    }
  /** The genesis directory contains several programs, or none. */
  | { readonly kind: 'no-daemon'; readonly genesis: string; readonly names: readonly string[] }
  /** The directory exists without the binary. `names` are the files in its `bin` instead. */
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
 * `dangling`: the link leads nowhere. `no-link`: something other than a link is there. `switched`: the link already
 * leads to the new binary.
 */
export type CurrentFault = 'dangling' | 'no-link' | 'switched'

/** The binary that is on the disk. */
export interface StagedBinary {
  readonly kind: 'binary'
  readonly layout: Layout
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** True if the owner of the home may execute it. */
  readonly mayBeRun: boolean
  readonly format: BinaryFormat
  /** A fault of the link to the present binary that prevents the switch. @defaultValue none */
  readonly current?: CurrentFault
  /** Hashes of its content, for the requested types; lower-case hex. */
  readonly hashes: Partial<Readonly<Record<HashType, string>>>
}
