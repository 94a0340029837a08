import { existsSync, readFileSync } from 'node:fs'
import { it } from 'vitest'
import type { z } from 'zod'

const root = new URL('../../../shared/corpus/', import.meta.url)

/**
 * A JSON file of the corpus of real governance data; `undefined` if the corpus is not
 * available.
 */
export function corpus(path: string): unknown {
  const file = new URL(path, root)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export interface CorpusCase<Schema extends z.ZodType> {
  readonly path: string
  readonly schema: Schema
  /** How many cases the file has, reported as skipped if it is missing. */
  readonly cases: number
}

/**
 * A test over one corpus file. Without the corpus it is skipped, and reports the number of
 * cases.
 */
export function itOnCorpus<Schema extends z.ZodType>(
  title: string,
  { path, schema, cases }: CorpusCase<Schema>,
  body: (data: z.infer<Schema>) => unknown,
): void {
  const data = corpus(path)
  if (data !== undefined) {
    it(title, () => body(schema.parse(data)))
    return
  }
  process.stdout.write(`${cases} cases skipped: ${path} of the corpus is not there\n`)
  it.skip(title, () => undefined)
}
