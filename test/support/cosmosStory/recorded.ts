import * as z from 'zod'

/** The answers of the servers of a chain for each block of a range, reduced to what is read. */
export interface Story {
  readonly chain: string
  /** Height, time and hash. */
  readonly blocks: readonly (readonly [height: number, time: string, hash: string])[]
  /** By path and query of a REST server. */
  readonly answers: ReadonlyMap<string, readonly Run[]>
  /** Accounts that may vote. */
  readonly voters: readonly string[]
}

/** The same answer for each height from one to another. */
export interface Run {
  readonly first: number
  readonly last: number
  readonly status: number
  readonly body: unknown
}

const line = z.union([
  z.strictObject({ chain: z.string(), voters: z.array(z.string()) }),
  z.strictObject({ block: z.tuple([z.number(), z.string(), z.string()]) }),
  z.strictObject({ path: z.string(), first: z.number(), last: z.number(), status: z.number(), body: z.unknown() }),
])

/** A story in its file format, one item per line. */
export function formatStory({ chain, voters, blocks, answers }: Story): string {
  const lines = [
    { chain, voters },
    ...blocks.map((block) => ({ block })),
    ...[...answers].flatMap(([path, runs]) => runs.map((run) => ({ path, ...run }))),
  ]
  return `${lines.map((one) => JSON.stringify(one)).join('\n')}\n`
}

export function parseStory(text: string): Story {
  const blocks: [number, string, string][] = []
  const answers = new Map<string, Run[]>()
  let head: Pick<Story, 'chain' | 'voters'> = { chain: '', voters: [] }
  for (const one of text.trimEnd().split('\n')) {
    const read = line.parse(JSON.parse(one))
    if ('chain' in read) head = read
    else if ('block' in read) blocks.push(read.block)
    else {
      const { path, ...run } = read
      answers.set(path, [...(answers.get(path) ?? []), run])
    }
  }
  return { ...head, blocks, answers }
}
