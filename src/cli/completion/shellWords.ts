import { type CommandNode, type OptionNode, withSubcommands } from './commandTree.js'

// Shared by the scripts of bash and zsh, which both use `case` patterns.

/** Quotes any text as one word of the shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Returns a pattern that matches exactly these texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map(shellWord).join('|')
}

/** The names of an option. */
export function namesOf({ long, short }: OptionNode): readonly string[] {
  return short === undefined ? [long] : [short, long]
}

/** Returns the names of all options that take a value. */
export function valueOptions(root: CommandNode): readonly string[] {
  const options = withSubcommands(root).flatMap(({ options }) => options)
  return [...new Set(options.filter(({ takes }) => takes !== 'nothing').flatMap(namesOf))].sort()
}

/** Returns the paths of all commands except the program itself. */
export function pathsOf(root: CommandNode): readonly string[] {
  return withSubcommands(root).flatMap(({ path }) => (path === '' ? [] : [path]))
}

/** Returns what may follow the options, with the patterns `path:option` of each. */
export function valuesOf(
  root: CommandNode,
): readonly (readonly [patterns: readonly string[], takes: OptionNode['takes']])[] {
  const values = new Map<string, { readonly takes: OptionNode['takes']; readonly patterns: string[] }>()
  for (const { path, options } of withSubcommands(root)) {
    for (const option of options) {
      if (option.takes === 'nothing') continue
      const kind = String(option.takes)
      const entry = values.get(kind) ?? { takes: option.takes, patterns: [] }
      entry.patterns.push(...namesOf(option).map((name) => `${path}:${name}`))
      values.set(kind, entry)
    }
  }
  return [...values.values()].map(({ patterns, takes }) => [patterns, takes])
}
