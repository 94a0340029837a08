import type { Json } from '../domain/text/json.js'

/** A handler that received a test; `problem` is absent if the service accepted it. */
interface TestedHandler {
  readonly name: string
  readonly type: string
  readonly problem?: string | undefined
  /** True if the service refused it for good. Otherwise it was not reached, or may accept it later. */
  readonly isRefused?: true | undefined
}

/** The result of a test; `not_taken` may succeed later. */
export type TestOutcome = 'taken' | 'refused' | 'not_taken'

export function outcomeOf({ problem, isRefused }: TestedHandler): TestOutcome {
  if (problem === undefined) return 'taken'
  return isRefused === true ? 'refused' : 'not_taken'
}

/** One item in the format of `notify test --json`. */
export function testedView(tested: TestedHandler): Json {
  const { name, type, problem } = tested
  return { handler: name, type, ok: problem === undefined, outcome: outcomeOf(tested), problem: problem ?? null }
}
