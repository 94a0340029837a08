import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { StoryPlan } from './story.js'

/** The home of a node, looked at like by a process manager that reads the file whenever something moves there. */
export interface TorturedHome {
  readonly path: string
  /** Reads the file now. */
  readonly look: () => void
  /**
   * Names and contents of what a process manager sees in its data directory. What a killed one has begun lies there
   * under another name until a later one clears it away.
   */
  readonly files: () => Readonly<Record<string, string>>
  /** Reads that found no whole JSON, and those that found a plan that may not be there. */
  readonly seen: { torn: number; wrong: number }
  readonly close: () => void
}

const planSchema = z.object({ name: z.string(), height: z.number(), info: z.object({ notes: z.literal('faster') }) })

/** Makes a home below `path`; `allowed` are the plans that the file may hold now. */
export function torturedHome(path: string, allowed: () => readonly StoryPlan[]): TorturedHome {
  const data = join(path, 'data')
  mkdirSync(data, { recursive: true })
  const seen = { torn: 0, wrong: 0 }
  const look = (): void => {
    const text = textOf(join(data, 'upgrade-info.json'))
    if (text === undefined) return
    const plan = planSchema.safeParse(parsed(text))
    if (!plan.success) seen.torn += 1
    else if (!allowed().some(({ name, height }) => name === plan.data.name && height === plan.data.height))
      seen.wrong += 1
  }
  const watcher = watch(data, look)
  return {
    path,
    look,
    files: () =>
      Object.fromEntries(
        readdirSync(data)
          .filter((name) => /^upgrade-info(?:\.\d+)?\.json$/.test(name))
          .sort()
          .map((name) => [name, textOf(join(data, name)) ?? '']),
      ),
    seen,
    close: () => watcher.close(),
  }
}

/** How what lies in the homes of the killed one differs from what lies in those of the other. */
export function differencesBetween(
  homes: readonly TorturedHome[],
  quiet: readonly TorturedHome[],
): readonly ('missing' | 'left over' | 'other')[] {
  return homes.flatMap((home, at) => {
    const [is, should] = [home.files(), quiet[at]!.files()]
    return [...new Set([...Object.keys(is), ...Object.keys(should)])].flatMap((name) =>
      is[name] === should[name]
        ? []
        : [
            should[name] === undefined
              ? ('left over' as const)
              : is[name] === undefined
                ? ('missing' as const)
                : ('other' as const),
          ],
    )
  })
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
