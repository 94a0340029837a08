import { delimiter, join, resolve } from 'node:path'
import fs from 'fs-extra'

/** Where the program of a command lies, looked for as the system would; `undefined` where nothing can be run there. */
export async function findProgram(program: string, searchPath = ''): Promise<string | undefined> {
  const places = program.includes('/')
    ? [resolve(program)]
    : searchPath.split(delimiter).map((directory) => join(directory, program))
  for (const place of places) {
    if (
      await fs.access(place, fs.constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return place
  }
  return undefined
}
