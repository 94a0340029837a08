import type { Json } from '../domain/text/json.js'

/** A handler that was sent a test, and what is wrong with it; no problem where the service took it. */
interface TestedHandler {
  readonly name: string
  readonly type: string
  readonly problem?: string | undefined
}

/** One item of `notify test --json`. */
export function testedView({ name, type, problem }: TestedHandler): Json {
  return { handler: name, type, ok: problem === undefined, problem: problem ?? null }
}
