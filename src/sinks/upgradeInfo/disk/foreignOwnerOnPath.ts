import { lstat, readlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** A place on the way that somebody else than root and the owner can lead elsewhere. */
export interface ForeignOwner {
  readonly place: string
  readonly owner: bigint
}

// As the kernel has it.
const maxLinks = 40

/**
 * Walks the path of a directory as the kernel does, link by link, and gives the first directory or link that belongs to
 * neither root nor the `owner` of the directory; `undefined` where there is none. The directory itself is not looked
 * at. A directory of root that everybody may write to passes, as containers have them: the links in it are looked at.
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
