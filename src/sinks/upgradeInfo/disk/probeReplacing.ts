import { constants } from 'node:fs'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './hasCode.js'
import type { DataDirectory } from './withDataDirectory.js'
import { fileName, type PresentFile } from '../readUpgradeInfo.js'
import { lstatIfThere, writeTemp } from './replaceFile.js'
import { tempName } from './tempFiles.js'

/**
 * Tries on other names what the writer will do when the time comes, and looks at the present file for what only the
 * last step would meet. Throws with what mends it; leaves nothing behind and does not touch the file.
 */
export async function probeReplacing(directory: DataDirectory, present: PresentFile): Promise<void> {
  const path = join(directory.path, fileName)
  if ((await lstatIfThere(directory, `${fileName}.batch`)) !== undefined) {
    throw new Error(`${path}.batch exists: cosmovisor writes the file from it itself; remove the batch file`)
  }
  if (present.stats !== undefined) await assertReplaceable(directory, path, present.stats.uid)
  const temp = tempName()
  const renamed = tempName()
  // An empty file takes no room on a full disk.
  await writeTemp(directory, temp, ' '.repeat(probeBytes), present.stats)
  try {
    await rename(directory.at(temp), directory.at(renamed))
    await directory.sync()
  } finally {
    await Promise.all([temp, renamed].map((name) => unlink(directory.at(name)).catch(() => undefined)))
  }
}

// More than any plan that was seen.
const probeBytes = 65_536

/** `mount` and `chattr` bind the file itself: a rename within the directory does not meet them. */
async function assertReplaceable(directory: DataDirectory, path: string, owner: bigint): Promise<void> {
  const { uid, mode } = directory.stats
  const me = BigInt(process.geteuid?.() ?? 0)
  if ((mode & 0o1000n) !== 0n && ![0n, uid, owner].includes(me)) {
    throw new Error(`${directory.path} is sticky and ${path} belongs to user ${owner}; run govstream as user ${owner}`)
  }
  // Opened to be written, never written: only this meets the immutable flag. Its mode alone does not stop a rename.
  const flags = constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = directory.at(fileName)
  const handle = await open(file, constants.O_WRONLY | flags).catch((cause: unknown) => {
    if (hasCode(cause, 'EACCES')) return open(file, constants.O_RDONLY | flags)
    if (hasCode(cause, 'EPERM')) throw new Error(`${path} is immutable or append-only; run: chattr -i -a ${path}`)
    throw cause
  })
  try {
    const [mine, around] = await Promise.all([mountOf(handle.fd), mountOf(directory.fd)])
    const { dev } = await handle.stat({ bigint: true })
    if (dev !== directory.stats.dev || mine !== around) {
      throw new Error(
        `${path} is mounted by itself, and what is mounted cannot be replaced (EBUSY); mount the home instead of the file`,
      )
    }
  } finally {
    await handle.close()
  }
}

/**
 * The mount an open file lies on; a file that is bound from the same disk has the device of its neighbours. Linux only.
 */
export async function mountOf(fd: number): Promise<string | undefined> {
  const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '')
  return /^mnt_id:\s*(\d+)$/m.exec(info)?.[1]
}
