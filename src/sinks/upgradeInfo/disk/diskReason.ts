import { reasonOf } from '../../../domain/errors.js'

const mends: Readonly<Record<string, string>> = {
  EACCES: 'run govstream as the user of the node, or let it write in that directory',
  EBUSY: 'what is mounted cannot be replaced: mount the home instead of the file',
  EDQUOT: 'the quota is used up: make room',
  ENOSPC: 'the disk is full, or has no inodes left (see df -h and df -i): make room',
  EPERM:
    'it or its directory is immutable or append-only (see lsattr; chattr -i -a), or the directory is sticky and the file belongs to another user',
  EROFS:
    'the file system is mounted read-only: mount it writable; under systemd name the home in ReadWritePaths= and restart the service, also where the directory was exchanged while it ran',
}

/**
 * Describes a disk error and how to fix it. Only the kind of a system error is used, such as
 * `EACCES: permission denied`, because the rest names temporary files and the same problem must give the same text on
 * every attempt.
 */
export function diskReason(cause: unknown): string {
  const reason = reasonOf(cause)
  if (!(cause instanceof Error && 'syscall' in cause)) return reason
  const kind = reason.split(',', 1).join('')
  const mend = mends[kind.split(':', 1).join('')]
  return mend === undefined ? kind : `${kind}; ${mend}`
}
