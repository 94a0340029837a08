import { type Check, notReady, ready, unknown } from './check.js'
import type { DownloadFacts } from './downloadFacts.js'
import { type Checksum, type DownloadFinding, isStrong } from './plannedDownload.js'
import type { StagedBinary } from './staging.js'

/**
 * Returns true if the staged file matches the plan's strong checksum exactly; its download then need not be checked.
 */
export function isVouchedFor({ hashes }: StagedBinary, finding: DownloadFinding): boolean {
  if (finding.kind !== 'download' || finding.download.archive !== undefined) return false
  const { checksum } = finding.download
  return checksum !== undefined && isStrong(checksum) && hashes[checksum.type] === checksum.hex
}

/**
 * Judges whether the staged file matches the plan's checksum. `download` is the result of the download, for archives.
 */
export function judgeChecksum(
  { path, hashes }: StagedBinary,
  finding: DownloadFinding,
  download?: DownloadFacts,
): Check {
  if (finding.kind === 'none')
    return ready(
      'checksum',
      finding.named.length === 0
        ? 'The plan names no download: there is no checksum to compare the binary with.'
        : 'The plan names no download for this machine: there is no checksum to compare the binary with.',
    )
  if (finding.kind === 'unusable')
    return unknown(
      'checksum',
      `The download for ${finding.platform} ${finding.problem}.`,
      'Compare the binary with the release by hand.',
    )
  const { platform, checksum, archive } = finding.download
  if (checksum === undefined)
    return ready('checksum', `The plan names no checksum for ${platform}: no vote decided on what lies there.`)
  if (archive !== undefined) return judgeAgainstArchive({ path, hashes }, { checksum, archive, platform }, download)
  if (hashes[checksum.type] !== checksum.hex)
    return notReady(
      'checksum',
      `${path} is not the binary of the plan: its ${checksum.type} is ${hashes[checksum.type] ?? 'not known'}, and the plan says ${checksum.hex}.`,
      'Put the binary of the plan there.',
    )
  return isStrong(checksum)
    ? ready('checksum', `${path} has the ${checksum.type} that the plan names.`)
    : unknown(
        'checksum',
        `${path} has the ${checksum.type} that the plan names, but such a sum can be forged.`,
        'Compare the binary with the release by hand.',
      )
}

function judgeAgainstArchive(
  { path, hashes }: Pick<StagedBinary, 'path' | 'hashes'>,
  { checksum, archive, platform }: Named,
  download: DownloadFacts | undefined,
): Check {
  const unpacked =
    download?.kind === 'fetched' && download.hash === checksum.hex && download.content.kind === 'program'
      ? download.content.unpacked
      : undefined
  if (unpacked === undefined)
    return unknown(
      'checksum',
      `The checksum for ${platform} is that of a ${archive} archive, and not of the binary in it.`,
      'Set preflight.download, which compares the archive and the binary in it, or compare them by hand.',
    )
  if (hashes.sha256 !== unpacked.sha256)
    return notReady(
      'checksum',
      `${path} is not the binary of the plan: its sha256 is ${hashes.sha256 ?? 'not known'}, and that of the one in the archive is ${unpacked.sha256}.`,
      'Put the binary of the plan there.',
    )
  return isStrong(checksum)
    ? ready('checksum', `${path} is the binary in the archive, which has the ${checksum.type} that the plan names.`)
    : unknown(
        'checksum',
        `${path} is the binary in the archive, which has the ${checksum.type} that the plan names, but such a sum can be forged.`,
        'Compare the binary with the release by hand.',
      )
}

interface Named {
  readonly platform: string
  readonly archive: string
  readonly checksum: Checksum
}
