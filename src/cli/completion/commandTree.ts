import type { Command, Option } from 'commander'
import { defined } from '../../domain/defined.js'

/** What a shell offers after one command. */
export interface CommandNode {
  /** The words that call the command, such as `silence add`; empty for the program itself. */
  readonly path: string
  readonly description: string
  readonly options: readonly OptionNode[]
  /** The possible values of its first argument, if they are known. */
  readonly words: readonly string[]
  /** Kind of names that its first argument accepts too. */
  readonly names?: Names
  readonly commands: readonly CommandNode[]
}

export interface OptionNode {
  readonly long: string
  readonly short?: string
  readonly description: string
  readonly takes: Takes
}

/** Kinds of names that are read from a configuration. */
export const nameKinds = ['chains', 'handlers'] as const
export type Names = (typeof nameKinds)[number]

/** The value of an option. */
type Takes = 'nothing' | 'text' | 'file' | 'directory' | Names | readonly string[]

/** Possible arguments of commands that the program itself does not list, by the words that call the command. */
export type KnownWords = Readonly<Record<string, readonly string[]>>

/** Options and commands that are followed by a name. */
const namesAfter: ReadonlyMap<string, Names> = new Map([
  ['--chain', 'chains'],
  ['--handler', 'handlers'],
  ['notify test', 'handlers'],
])

/** Returns the commands of a program and their parameters, as the help shows them. */
export function commandTree(program: Command, known: KnownWords = {}): CommandNode {
  return nodeOf(program, '', known)
}

/** Returns a command and all its subcommands. */
export function withSubcommands(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(withSubcommands)]
}

function nodeOf(command: Command, path: string, known: KnownWords): CommandNode {
  const help = command.createHelp()
  const [argument] = command.registeredArguments
  const below = help.visibleCommands(command)
  const names = below.map((one) => one.name())
  return {
    path,
    description: command.description(),
    options: [
      ...help.visibleOptions(command),
      ...(command.parent === null ? [] : help.visibleGlobalOptions(command).filter(({ long }) => long === '--config')),
    ].map(optionOf),
    words: argument?.argChoices ?? known[path] ?? [],
    ...defined({ names: namesAfter.get(path) }),
    commands: below.map((one) => {
      const at = path === '' ? one.name() : `${path} ${one.name()}`
      // The `help` of commander takes the name of a sibling command, which commander does not list.
      return nodeOf(one, at, one.name() === 'help' ? { [at]: names.filter((name) => name !== 'help') } : known)
    }),
  }
}

function optionOf(option: Option): OptionNode {
  const { long = '', short, description } = option
  return { long, ...(short !== undefined && { short }), description, takes: takenBy(option) }
}

/** Derives the kind of value from the help text: `<file>` is a file, `<dir>` a directory. */
function takenBy({ flags, long, argChoices, required, optional }: Option): Takes {
  if (!required && !optional) return 'nothing'
  if (argChoices !== undefined) return argChoices
  const names = namesAfter.get(long ?? '')
  if (names !== undefined) return names
  const [, name = ''] = /[<[]([^>\]]*)/.exec(flags) ?? []
  return name === 'file' ? 'file' : name === 'dir' ? 'directory' : 'text'
}
