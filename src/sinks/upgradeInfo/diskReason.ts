import { reasonOf } from '../../domain/errors.js'

/**
 * Why the disk said no. Of a system error only its kind, such as `EACCES: permission denied`: the rest names temp
 * files, and the same trouble must read the same on every try.
 */
export function diskReason(cause: unknown): string {
  const reason = reasonOf(cause)
  return cause instanceof Error && 'syscall' in cause ? reason.split(',', 1).join('') : reason
}
