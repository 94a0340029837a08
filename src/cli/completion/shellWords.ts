import { type CommandNode, type OptionNode, withAllBelow } from './commandTree.js'

// What the scripts of bash and zsh have in common: both read a line of `case` patterns.

/** A text as one word of a shell, whatever is in it. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** A pattern that fits any of these texts and no other. */
export function anyOf(texts: readonly string[]): string {
  return texts.map(shellWord).join('|')
}

/** The names of an option. */
export function namesOf({ long, short }: OptionNode): readonly string[] {
  return short === undefined ? [long] : [short, long]
}

/** The names of all options that are followed by a value. */
export function valueOptions(root: CommandNode): readonly string[] {
  const options = withAllBelow(root).flatMap(({ options }) => options)
  return [...new Set(options.filter(({ takes }) => takes !== 'nothing').flatMap(namesOf))].sort()
}

/** The paths of all commands but the program itself. */
export function pathsOf(root: CommandNode): readonly string[] {
  return withAllBelow(root).flatMap(({ path }) => (path === '' ? [] : [path]))
}

/** What may follow an option of a command, one pattern `path:option` an entry. */
export function valuesOf(
  root: CommandNode,
): readonly (readonly [patterns: readonly string[], takes: OptionNode['takes']])[] {
  const values = new Map<string, { readonly takes: OptionNode['takes']; readonly patterns: string[] }>()
  for (const { path, options } of withAllBelow(root)) {
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
