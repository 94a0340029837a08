import { statSync } from 'node:fs'

/** How a file stands at one look, through links; `undefined` where it cannot be found. */
export type Sight = string | undefined

/** What was seen of a file, look by look. */
export interface FileWatch {
  /** As it stood when it was read last. */
  readonly read: Sight
  readonly seen: Sight
}

/**
 * One more look. A file is to be read again once it stands otherwise than when it was read, and has stood so for two
 * looks: editors and copies write in pieces. One that is away for a while is waited for.
 */
export function stepFileWatch(
  { read, seen }: FileWatch,
  sight: Sight,
): { readonly watch: FileWatch; readonly isDue: boolean } {
  const isDue = sight !== undefined && sight === seen && sight !== read
  return { watch: { read: isDue ? sight : read, seen: sight }, isDue }
}

/** Looks at a file: another file in its place is another sight, and so is another end of a link. */
export function sightOf(file: string): Sight {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(':')
  } catch {
    return undefined
  }
}

const everyMs = 1_000

/** Calls after each change of a file, as long as `isWanted`, until the signal aborts. Begins from `read`. */
export function onFileChange(
  file: string,
  read: Sight,
  { isWanted, signal }: { readonly isWanted: () => boolean; readonly signal: AbortSignal },
  changed: () => void,
): void {
  let watch: FileWatch = { read, seen: read }
  const timer = setInterval(() => {
    if (!isWanted()) return
    const step = stepFileWatch(watch, sightOf(file))
    watch = step.watch
    if (step.isDue) changed()
  }, everyMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
