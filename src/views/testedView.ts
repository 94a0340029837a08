import type { Json } from '../domain/text/json.js'

/** A handler that was sent a test, and what is wrong with it; no problem where the service took it. */
interface TestedHandler {
  readonly name: string
  readonly type: string
  readonly problem?: string | undefined
  /** The service will not take it; else it was not reached, or may take it later. */
  readonly isRefused?: true | undefined
}

/** What became of a test; `not_taken` may be taken later. */
export type TestOutcome = 'taken' | 'refused' | 'not_taken'

export function outcomeOf({ problem, isRefused }: TestedHandler): TestOutcome {
  if (problem === undefined) return 'taken'
  return isRefused === true ? 'refused' : 'not_taken'
}

/** One item of `notify test --json`. */
export function testedView(tested: TestedHandler): Json {
  const { name, type, problem } = tested
  return { handler: name, type, ok: problem === undefined, outcome: outcomeOf(tested), problem: problem ?? null }
}
