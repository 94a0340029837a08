import { mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { StoryPlan } from './story.js'

/** The home of a node, watched as by a process manager that reads the file at every change in the directory. */
export interface TorturedHome {
  readonly path: string
  /** Reads the file now. */
  readonly look: () => void
  /**
   * Names and contents of what a process manager sees in its data directory. A file that a killed process had begun
   * has another name until a later process removes it.
   */
  readonly files: () => Readonly<Record<string, string>>
  /** Reads that found incomplete JSON, and reads that found a plan that is not allowed. */
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

/** How the files in the homes of the killed program differ from those of the control. */
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
