import { defined } from '../../domain/defined.js'
import type { HookRun } from '../../domain/upgrades/writeOutcome.js'
import { type Program, runProgram } from '../../programs/runProgram.js'

/** A program of the operator's own, and its time limit. */
export type Hook = Pick<Program, 'command' | 'timeout'>

/**
 * What a hook receives in `GOVSTREAM_CHAIN`, `_NAME`, `_HEIGHT` and `_FILE`. Of the rest of the environment it gets
 * only `PATH`.
 */
export interface HookContext {
  readonly chain: string
  readonly name: string
  readonly height: number
  readonly file: string
  readonly searchPath: string | undefined
}

/**
 * Like {@link runProgram}, but processes that the hook leaves running are not killed, because one may be the node.
 * Never rejects.
 */
export async function runHook(hook: Hook, context: HookContext, signal: AbortSignal): Promise<HookRun> {
  const program = { ...hook, environment: environmentOf(context), sparesRest: true }
  const { ok, summary, output, ms } = await runProgram(program, signal)
  return { ok, summary, output, ms }
}

function environmentOf({ chain, name, height, file, searchPath }: HookContext): Readonly<Record<string, string>> {
  return {
    ...defined({ PATH: searchPath }),
    GOVSTREAM_CHAIN: chain,
    GOVSTREAM_NAME: name,
    GOVSTREAM_HEIGHT: String(height),
    GOVSTREAM_FILE: file,
  }
}
