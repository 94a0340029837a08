import type { Command } from 'commander'
import { events } from '../../channels/filter.js'
import { readNames } from '../../config/readNames.js'
import { ConfigError } from '../../domain/errors.js'
import { bashCompletion } from '../completion/bash.js'
import { type CommandNode, commandTree, type Names } from '../completion/commandTree.js'
import { fishCompletion } from '../completion/fish.js'
import type { Shell } from '../completion/shells.js'
import { zshCompletion } from '../completion/zsh.js'
import { exitCodes } from '../exitCodes.js'
import { defaultConfigFile } from '../options.js'
import type { Context } from '../Terminal.js'

const scripts: Readonly<Record<Shell, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

export interface CompletionOptions {
  readonly config?: string
  /** Prints these names instead of a script. */
  readonly names?: Names
}

/**
 * Prints the completion script of a shell, generated from the program; or names of a configuration, one per line, which
 * that script asks for. Prints no names if the configuration cannot be read.
 */
export function completion(
  shell: Shell,
  { names, config }: CompletionOptions,
  program: Command,
  { terminal }: Pick<Context, 'terminal'>,
): number {
  if (names === undefined) terminal.out(scripts[shell](commandTree(program, { 'notify preview': events })).trimEnd())
  else for (const name of namesIn(names, config ?? defaultConfigFile)) terminal.out(name)
  return exitCodes.done
}

function namesIn(kind: Names, file: string): readonly string[] {
  try {
    const { chains, handlers = [] } = readNames(file)
    return kind === 'chains' ? chains.map(({ chain }) => chain) : handlers
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}
