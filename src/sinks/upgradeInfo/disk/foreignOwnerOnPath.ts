import { lstat, readlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** A place on the path that a user other than root and the owner can redirect. */
export interface ForeignOwner {
  readonly place: string
  readonly owner: bigint
}

// Maximum number of symbolic links, as in the Linux kernel.
const maxLinks = 40

/**
 * Follows the path of a directory as the kernel does, link by link. Returns the first directory or link that belongs to
 * neither root nor `owner`, or undefined if there is none. The directory itself is not checked. A directory of root
 * that everybody may write to is accepted, as in containers; the links in it are checked.
 */
export async function foreignOwnerOnPath(path: string, owner: bigint): Promise<ForeignOwner | undefined> {
  const rest = namesOf(resolve(path))
  let here = '/'
  let links = 0
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const around = await lstat(here, { bigint: true })
    if (around.uid !== 0n && around.uid !== owner) return { place: here, owner: around.uid }
    const next = name === '..' ? dirname(here) : join(here, name)
    const { uid, mode } = await lstat(next, { bigint: true })
    const isLink = (mode & 0o170000n) === 0o120000n
    if (!isLink) {
      here = next
      continue
    }
    if (uid !== 0n && uid !== owner) return { place: next, owner: uid }
    if (++links > maxLinks) throw new Error(`${next} is one of too many links`)
    const target = await readlink(next)
    if (target.startsWith('/')) here = '/'
    rest.unshift(...namesOf(target))
  }
  return undefined
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}
