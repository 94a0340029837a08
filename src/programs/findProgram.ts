import { delimiter, join, resolve } from 'node:path'
import fs from 'fs-extra'

/** Returns the path of a program, found as the system would find it; `undefined` if it is missing or not executable. */
export async function findProgram(program: string, searchPath = ''): Promise<string | undefined> {
  const places = program.includes('/')
    ? [resolve(program)]
    : searchPath.split(delimiter).map((directory) => join(directory, program))
  for (const place of places) if (await isProgram(place)) return place
  return undefined
}

async function isProgram(place: string): Promise<boolean> {
  try {
    await fs.access(place, fs.constants.X_OK)
    // A directory is executable, too.
    return (await fs.stat(place)).isFile()
  } catch {
    return false
  }
}
