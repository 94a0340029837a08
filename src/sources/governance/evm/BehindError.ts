import { SourceError } from '../../../domain/errors.js'

/** A server does not have a block that another one at the same address had: they are several, and not in step. */
export class BehindError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}
