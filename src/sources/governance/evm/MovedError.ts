import { SourceError } from '../../../domain/errors.js'

/** A server has another block at a height than the one it, or another one at the same address, named a moment before. */
export class MovedError extends SourceError {
  constructor(message: string) {
    super('transient', message)
  }
}
