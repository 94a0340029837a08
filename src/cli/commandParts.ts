import { type Command, InvalidArgumentError, Option } from 'commander'

// Shared parts of the command definitions.

/** Called with the exit code of the command. */
export type Done = (code: number) => void

export const json = ['--json', 'one JSON document on stdout'] as const
export const limit = ['--limit <n>', 'at most this many (default: 100, and all of them in JSON)', count] as const
export const chain = ['--chain <name>', 'only this chain'] as const
export const profiles = ['wemixvisor', 'cosmovisor', 'portable'] as const

/** Creates a command that only reads the state. */
export function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option('--state <file>', 'use this state file; needs no configuration')
    .option(...json)
}

export function alone(flags: string, description: string, others: readonly string[]): Option {
  return new Option(flags, description).conflicts([...others])
}

export function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a whole number of at least 1.')
}
