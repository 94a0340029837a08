import { parseArgs } from 'node:util'

/**
 * Reads the options of a script, each of which takes a value, and returns how to look one up. A wrong option ends the
 * process with 2, after a line about it and the usage.
 */
export function readOptions<Name extends string>(
  names: readonly Name[],
  usage: string,
): (name: Name) => string | undefined {
  try {
    const { values } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) })
    return (name) => {
      const value = values[name]
      return typeof value === 'string' ? value : undefined
    }
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}\nUsage: ${usage}`)
  }
}

/** Says why a script does not start, and ends the process with 2. */
export function refuse(reason: string): never {
  process.stderr.write(`${reason}\n`)
  return process.exit(2)
}
