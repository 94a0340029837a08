import { constants } from 'node:fs'
import { open, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from './hasCode.js'
import type { DataDirectory } from './withDataDirectory.js'
import { fileName, type PresentFile } from '../readUpgradeInfo.js'
import { lstatIfThere, writeTemp } from './replaceFile.js'
import { tempName } from './tempFiles.js'

/**
 * Tries with other names what the writer will do later, and checks the present file for problems that only the last
 * step would hit. Throws an error that says how to fix the problem. It leaves nothing behind and does not touch the
 * file.
 */
export async function probeReplacing(directory: DataDirectory, present: PresentFile): Promise<void> {
  const path = join(directory.path, fileName)
  if ((await lstatIfThere(directory, `${fileName}.batch`)) !== undefined) {
    throw new Error(`${path}.batch exists: cosmovisor writes the file from it itself; remove the batch file`)
  }
  if (present.stats !== undefined) await assertReplaceable(directory, path, present.stats.uid)
  const temp = tempName()
  const renamed = tempName()
  // A non-empty file is written, because an empty one needs no space on a full disk.
  await writeTemp(directory, temp, ' '.repeat(probeBytes), present.stats)
  try {
    await rename(directory.at(temp), directory.at(renamed))
    await directory.sync()
  } finally {
    await Promise.all([temp, renamed].map((name) => unlink(directory.at(name)).catch(() => undefined)))
  }
}

// Size of the test file in bytes, larger than any plan seen so far.
const probeBytes = 65_536

/** Checks the file itself, because a mount or an immutable flag on it is not found by a rename in its directory. */
async function assertReplaceable(directory: DataDirectory, path: string, owner: bigint): Promise<void> {
  const { uid, mode } = directory.stats
  const me = BigInt(process.geteuid?.() ?? 0)
  if ((mode & 0o1000n) !== 0n && ![0n, uid, owner].includes(me)) {
    throw new Error(`${directory.path} is sticky and ${path} belongs to user ${owner}; run govstream as user ${owner}`)
  }
  // Opening for writing is the only way to detect the immutable flag; nothing is written. The file mode alone does not
  // prevent a rename.
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
 * The mount that an open file is on. A file bind-mounted from the same disk has the same device as its neighbours, so
 * the device is not enough. Linux only.
 */
export async function mountOf(fd: number): Promise<string | undefined> {
  const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '')
  return /^mnt_id:\s*(\d+)$/m.exec(info)?.[1]
}
