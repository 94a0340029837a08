import { statSync } from 'node:fs'

/** Fingerprint of a file, following links; `undefined` if the file is missing. */
export type Fingerprint = string | undefined

/** The observed states of a file. */
export interface FileWatch {
  /** Its state when it was last read. */
  readonly read: Fingerprint
  readonly seen: Fingerprint
}

/**
 * Observes a file once more. It is due to be read when it differs from the state that was read, and has not changed
 * between two observations, because editors and copies write in pieces. A missing file is waited for.
 */
export function stepFileWatch(
  { read, seen }: FileWatch,
  fingerprint: Fingerprint,
): { readonly watch: FileWatch; readonly isDue: boolean } {
  const isDue = fingerprint !== undefined && fingerprint === seen && fingerprint !== read
  return { watch: { read: isDue ? fingerprint : read, seen: fingerprint }, isDue }
}

/** Returns the fingerprint of a file. It changes if the file is replaced, or if a link points elsewhere. */
export function fingerprintOf(file: string): Fingerprint {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(':')
  } catch {
    return undefined
  }
}

const everyMs = 1_000

/** Calls `changed` after each change of a file since `read`, while `isWanted` returns true, until the signal aborts. */
export function onFileChange(
  file: string,
  read: Fingerprint,
  { isWanted, signal }: { readonly isWanted: () => boolean; readonly signal: AbortSignal },
  changed: () => void,
): void {
  let watch: FileWatch = { read, seen: read }
  const timer = setInterval(() => {
    if (!isWanted()) return
    const step = stepFileWatch(watch, fingerprintOf(file))
    watch = step.watch
    if (step.isDue) changed()
  }, everyMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}
