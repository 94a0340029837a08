import type { Command, Option } from 'commander'
import { defined } from '../../domain/defined.js'

/** What a shell offers after one command. */
export interface CommandNode {
  /** The words that call it, such as `silence add`; empty for the program itself. */
  readonly path: string
  readonly description: string
  readonly options: readonly OptionNode[]
  /** Words that stand for its first argument, where they are known. */
  readonly words: readonly string[]
  /** Its first argument is one of these names as well. */
  readonly names?: Names
  readonly commands: readonly CommandNode[]
}

export interface OptionNode {
  readonly long: string
  readonly short?: string
  readonly description: string
  readonly takes: Takes
}

/** Names that only a configuration tells. */
export const nameKinds = ['chains', 'handlers'] as const
export type Names = (typeof nameKinds)[number]

/** What follows an option. */
type Takes = 'nothing' | 'text' | 'file' | 'directory' | Names | readonly string[]

/** Words for the arguments of a command, by the words that call it: those the program itself does not list. */
export type KnownWords = Readonly<Record<string, readonly string[]>>

/** What is followed by a name: an option, or the words of a command. */
const namesAfter: ReadonlyMap<string, Names> = new Map([
  ['--chain', 'chains'],
  ['--handler', 'handlers'],
  ['notify test', 'handlers'],
])

/** The commands of a program with what each takes, as its help shows them. */
export function commandTree(program: Command, known: KnownWords = {}): CommandNode {
  return nodeOf(program, '', known)
}

/** A command and all below it. */
export function withAllBelow(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(withAllBelow)]
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
      // The help that commander adds is asked about its neighbours, which it does not list.
      return nodeOf(one, at, one.name() === 'help' ? { [at]: names.filter((name) => name !== 'help') } : known)
    }),
  }
}

function optionOf(option: Option): OptionNode {
  const { long = '', short, description } = option
  return { long, ...(short !== undefined && { short }), description, takes: takenBy(option) }
}

/** By what the help calls it: `<file>` is a file, `<dir>` a directory. */
function takenBy({ flags, long, argChoices, required, optional }: Option): Takes {
  if (!required && !optional) return 'nothing'
  if (argChoices !== undefined) return argChoices
  const names = namesAfter.get(long ?? '')
  if (names !== undefined) return names
  const [, name = ''] = /[<[]([^>\]]*)/.exec(flags) ?? []
  return name === 'file' ? 'file' : name === 'dir' ? 'directory' : 'text'
}
