import { durationText } from '../text/time.js'
import { byteText } from '../text/byteText.js'
import { type Check, notReady, ready, unknown } from './check.js'

/** The disk that holds the home. Sizes are in bytes; `dataSize` is absent if it could not be determined in time. */
export type DiskFacts =
  | { readonly home: string; readonly free: number; readonly dataSize?: number }
  /** `reason` completes the sentence "… cannot be measured". */
  | { readonly home: string; readonly reason: string }

// Minimum free space in bytes. A node that starts writes about as much, and may stop by itself with less.
const least = 268_435_456

/** Judges whether there is room for the new binary, and for the copy of the data that is made before the switch. */
export function judgeDisk(facts: DiskFacts, downloadSize = 0): Check {
  if ('reason' in facts)
    return unknown('disk', `The disk of ${facts.home} cannot be measured: ${facts.reason}.`, 'Check it by hand.')
  const { home, free, dataSize } = facts
  const room = `${home} has ${byteText(free)} free`
  const wanted = least + downloadSize
  if (free < wanted)
    return notReady('disk', `${room}, and the upgrade wants at least ${byteText(wanted)}.`, 'Free space on that disk.')
  if (dataSize === undefined)
    return unknown(
      'disk',
      `${room}; the size of its data was not determined in time.`,
      'Check that a copy of data fits there, unless UNSAFE_SKIP_BACKUP=true is set.',
    )
  if (free < dataSize + wanted)
    return unknown(
      'disk',
      `${room}, and data has ${byteText(dataSize)}: the copy that the process manager makes before it switches does not fit.`,
      'Free space, set DAEMON_DATA_BACKUP_DIR to another disk, or set UNSAFE_SKIP_BACKUP=true.',
    )
  return ready('disk', `${room}, and a copy of data needs ${byteText(dataSize)}.`)
}

/** What the node reported about itself. */
export type NodeFacts =
  /**
   * `timestamp` is in Unix seconds; `isSyncing` is absent if the node does not report it. `readAt` is the host clock of
   * the answer, Unix milliseconds: the other checks may take minutes longer.
   */
  | {
      readonly height: bigint
      readonly timestamp: bigint
      readonly readAt: number
      readonly isSyncing?: boolean
      readonly secondsPerBlock?: number
    }
  /** `reason` is a whole sentence. */
  | { readonly reason: string }

// Maximum difference in seconds. A larger one means that either the clock or the chain is wrong.
const clockLimit = 60
// Maximum block time in seconds that is added to `clockLimit`, because the next block of a slow chain is not late yet.
const slowestBlock = 600

/** Judges whether the node is at the head of its chain and whether our clock agrees. */
export function judgeNode(facts: NodeFacts): readonly Check[] {
  if ('reason' in facts) {
    return [
      unknown('node', facts.reason, 'Check that the node of rpc.urls answers.'),
      unknown('clock', 'There is no block to compare the clock with.', 'Check that the node of rpc.urls answers.'),
    ]
  }
  return [judgeSync(facts), judgeClock(facts)]
}

type Head = Exclude<NodeFacts, { readonly reason: string }>

function judgeSync({ height, isSyncing }: Head): Check {
  if (isSyncing === undefined)
    return unknown(
      'node',
      `The node is at block ${height}, and does not say whether it is at the head.`,
      'Check by hand that it is synced.',
    )
  return isSyncing
    ? notReady(
        'node',
        `The node is at block ${height} and still catching up with its chain.`,
        'Wait until it is synced; a node that is behind at the height switches late.',
      )
    : ready('node', `The node is synced, at block ${height}.`)
}

function judgeClock({ height, timestamp, readAt, secondsPerBlock = 0 }: Head): Check {
  const behind = readAt / 1000 - Number(timestamp)
  const limit = behind > 0 ? clockLimit + Math.min(secondsPerBlock, slowestBlock) : clockLimit
  if (Math.abs(behind) <= limit) return ready('clock', `The clock of this machine agrees with block ${height}.`)
  return unknown(
    'clock',
    behind > 0
      ? `Block ${height} is ${durationText(behind)} old by the clock of this machine: the clock is ahead, or the chain has halted.`
      : `Block ${height} is ${durationText(-behind)} ahead of the clock of this machine.`,
    'Compare the clock with a time server, and the node with another one.',
  )
}

/** What is known about the file before it is written. */
export interface FileFacts {
  /** Path of upgrade-info.json. */
  readonly path: string
  /** Why we cannot write it, as a whole sentence. */
  readonly problem?: string
  /** Set if its content needs a decision of the operator, as a whole sentence. */
  readonly doubt?: string
  /** What the owner of the home, as whom the node probably runs, cannot access, as the subject of a sentence. */
  readonly hidden?: string
}

export function judgeFile({ path, problem, doubt, hidden }: FileFacts): Check {
  if (problem !== undefined) return notReady('file', problem, 'Fix this before the height: the file is written then.')
  if (hidden !== undefined)
    return notReady(
      'file',
      `${hidden} cannot be read by the owner of the home, as whom the process manager is likely to run.`,
      'Give it to that user, or run govstream as that user.',
    )
  if (doubt !== undefined) return unknown('file', doubt, 'Find out who changed it, and which of the two is meant.')
  return ready('file', `${path} can be written, and read by the owner of the home.`)
}
