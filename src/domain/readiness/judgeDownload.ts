import { byteText } from '../text/byteText.js'
import { cleanLine } from '../text/text.js'
import { unfitReason } from './binaryFormat.js'
import { type Check, notReady, ready, unknown } from './check.js'
import type { DownloadFacts, UnpackedFrom } from './downloadFacts.js'
import type { Machine } from './machine.js'
import { isStrong, type PlannedDownload } from './plannedDownload.js'

/** What a fetched download is compared with. */
export interface DownloadContext {
  readonly machine: Machine
  readonly download: PlannedDownload
}

const stageByHand = 'Stage the binary by hand, and do not rely on the download.'

/** Judges whether the plan's download is available and matches the plan. */
export function judgeDownload(facts: DownloadFacts, { machine, download }: DownloadContext): Check {
  const { platform, url } = download
  const what = `The download for ${platform} from ${url.host}`
  switch (facts.kind) {
    case 'answered':
      if (download.archive === undefined && download.subdirectory !== undefined)
        return notReady(
          'download',
          `${what} is not an archive, but its address names a directory in it: cosmovisor puts nothing in place.`,
          stageByHand,
        )
      return ready(
        'download',
        `${what} answers${facts.size === undefined ? ' and does not say how large it is' : `: ${byteText(facts.size)}`}.`,
      )
    case 'refused':
      return notReady(
        'download',
        `${what} is not fetched: ${facts.problem}.`,
        'Only https and public addresses are fetched from. Stage the binary by hand, or set preflight.allowPrivate.',
      )
    case 'missing':
      return notReady('download', `${what} does not exist: ${facts.problem}.`, stageByHand)
    case 'silent':
      return unknown('download', `${what} gives no usable answer: ${facts.problem}.`, 'Look again later.')
    case 'unplaced':
      return unknown(
        'download',
        `${what} is not fetched: no private directory can be made for it: ${facts.problem}.`,
        'Set TMPDIR to a directory that govstream may write to.',
      )
    case 'unkept':
      return unknown(
        'download',
        `${what} could not be inspected on this machine: ${facts.problem}.`,
        'Check the disk of the temporary directory (TMPDIR), not the address.',
      )
    case 'unread':
      return unknown(
        'download',
        `${what} could not be inspected: ${facts.problem}.`,
        'Check again; if it stays so, neither the address nor the disk is to blame: stage the binary by hand, and report it.',
      )
    case 'too-large':
      return notReady(
        'download',
        `${what} has ${byteText(facts.size)} or more, and there is room for ${byteText(facts.room)}.`,
        'Free space on the disk of the temporary directory, or check what is served there.',
      )
    case 'truncated':
      return notReady(
        'download',
        `${what} ends after ${byteText(facts.size)} of ${byteText(facts.announced)}.`,
        stageByHand,
      )
    case 'fetched':
      return judgeFetched(facts, what, { machine, download })
  }
}

function judgeFetched(
  { size, hash, content }: Extract<DownloadFacts, { readonly kind: 'fetched' }>,
  what: string,
  { machine, download: { checksum, platform } }: DownloadContext,
): Check {
  if (checksum !== undefined && checksum.hex !== hash)
    return notReady(
      'download',
      `${what} is not what the plan names: its ${checksum.type} is ${hash}, and the plan says ${checksum.hex}.`,
      'Do not run it. Ask those who proposed the upgrade.',
    )
  if (content.kind === 'packed')
    return unknown('download', `${what} is a ${content.archive} archive, which is not unpacked here.`, stageByHand)
  if (content.kind === 'unclear')
    return unknown('download', `${what} ${content.problem}.`, 'Set preflight.daemon to the name of the binary.')
  if (content.kind === 'unfit') return notReady('download', `${what} ${content.problem}.`, stageByHand)
  const member = content.kind === 'program' ? memberText(content.unpacked) : undefined
  const problem = content.kind === 'program' ? unfitReason(content.format, content.size, machine) : undefined
  if (problem !== undefined)
    return notReady(
      'download',
      member === undefined
        ? `${what} ${problem}.`
        : `${what} is an archive: cosmovisor takes ${member}, which ${problem}.`,
      stageByHand,
    )
  const told = `${what} is complete, ${byteText(size)}${member === undefined ? '' : `, of which cosmovisor takes ${member}`}`
  if (checksum === undefined) return ready('download', `${told}; the plan names no checksum for ${platform}.`)
  return isStrong(checksum)
    ? ready('download', `${told}, with the ${checksum.type} that the plan names.`)
    : unknown('download', `${told}, with the ${checksum.type} that the plan names, which can be forged.`, stageByHand)
}

function memberText(unpacked: UnpackedFrom | undefined): string | undefined {
  return unpacked === undefined ? undefined : cleanLine(unpacked.member, 80)
}
