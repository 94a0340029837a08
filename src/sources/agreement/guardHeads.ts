import { firstValueFrom, merge } from 'rxjs'
import { SourceError } from '../../domain/errors.js'
import { isHeadJump, type KnownHead } from '../../domain/blocks/headJump.js'
import { type Head, isSameBlock } from '../../domain/blocks/head.js'
import { defined } from '../../domain/defined.js'
import type { GoodReading } from '../../domain/reading.js'
import { askForBlock } from './confirmHeight.js'
import { stopped } from '../fromAbortable.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { unnamedHost } from '../rpc/unnamedHost.js'
import { nothingHeard } from './quorum.js'

export interface GuardOptions {
  /** One reader a node. */
  readonly nodes: readonly Pick<GovernanceReader, 'readBlock'>[]
  /** What was known before the reading. */
  readonly known: () => KnownHead
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

// Their readings read the block they are made at by its number too: a single node has been asked again by then.
const readsByNumber: ReadonlySet<string> = new Set(['governor', 'gov-base', 'wemix', 'upgrade-entrypoint'])

// Far less than what any deadline hangs on being wrong by, far more than what the clocks of servers differ by.
const slack = 3_600n

/**
 * The reader, with heads that are vouched for: one that jumps is read once more, at every node, and where nobody serves
 * that block again the reading has failed at its endpoint, and the next one is read. So one absurd answer moves no mark
 * and no upgrade, and a node that goes on telling it hides no chain that others know. A head that goes on at the
 * pace of its chain costs nothing; a jump, and the very first head, cost one small request a node. One node that serves
 * the block is enough here, for a chain must be read also while others are down; a file takes `agreement` of them.
 */
export function guardHeads(reader: GovernanceReader, { nodes, known, now }: GuardOptions): GovernanceReader {
  async function vouch({ head, at }: Pick<GoodReading, 'head' | 'at'>, signal: AbortSignal): Promise<void> {
    const before = known()
    if (nodes.length === 0 || !isHeadJump(head, before, now())) return
    if (nodes.length === 1 && readsByNumber.has(reader.system) && isSameBlock(head, at)) return
    const verdict$ = askForBlock(head.number, {
      readers: nodes,
      agreement: 1,
      problemOf: ({ number, timestamp }, who = 'A node') =>
        number === head.number && distance(timestamp, head.timestamp) <= slack
          ? undefined
          : `${who} gives another block ${head.number}.`,
    })
    const stopped$ = stopped(signal, `The read of ${reader.chain} was stopped.`)
    const { isAgreed, reasons } = await firstValueFrom(merge(verdict$, stopped$), { defaultValue: nothingHeard })
    if (isAgreed) return
    throw new SourceError(
      'transient',
      `${reader.chain}: a node says that its newest block is ${head.number}${jumpText(before)}, and that is not confirmed. ${reasons.join(' ')} Nothing of it is believed.`,
    )
  }
  return {
    ...reader,
    async read(request) {
      let believed: Head | undefined
      let host: string | undefined
      const reading = await reader.read({
        ...request,
        async vouch(told) {
          await vouch(told, request.signal)
          believed = told.head
          if (told.host !== unnamedHost) host = told.host
        },
      })
      // A reader of somebody else may not have asked.
      if (believed === undefined || !isSameBlock(believed, reading.head)) await vouch(reading, request.signal)
      return { ...defined({ host }), ...reading }
    },
  }
}

function jumpText({ head }: KnownHead): string {
  return head === undefined ? '' : `, after block ${head.number} at the last reading`
}

function distance(a: bigint, b: bigint): bigint {
  return a < b ? b - a : a - b
}
