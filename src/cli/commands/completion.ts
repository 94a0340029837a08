import type { Command } from 'commander'
import { events } from '../../channels/filter.js'
import { bashCompletion } from '../completion/bash.js'
import { type CommandNode, commandTree } from '../completion/commandTree.js'
import { fishCompletion } from '../completion/fish.js'
import type { Shell } from '../completion/shells.js'
import { zshCompletion } from '../completion/zsh.js'
import { exitCodes } from '../exitCodes.js'
import type { Context } from '../Terminal.js'

const scripts: Readonly<Record<Shell, (root: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Prints the script that has a shell complete the commands of a program, made from the program itself. */
export function completion(shell: Shell, program: Command, { terminal }: Pick<Context, 'terminal'>): number {
  terminal.out(scripts[shell](commandTree(program, { 'notify preview': events })).trimEnd())
  return exitCodes.done
}
