import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import fs from 'fs-extra'

/** The content of a file of that name once it appears in an existing directory. */
export async function untilFile(directory: string, name: string, signal: AbortSignal): Promise<string> {
  for await (const { filename } of watch(directory, { signal })) {
    if (filename === name) return fs.readFile(join(directory, name), 'utf8')
  }
  throw new Error(`${directory} is not watched any more.`)
}
