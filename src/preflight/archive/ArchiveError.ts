import { BaseError } from '../../domain/errors.js'

/** An archive cannot be unpacked. The message ends a sentence that begins with the archive. */
export class ArchiveError extends BaseError {
  readonly kind = 'permanent'
}
