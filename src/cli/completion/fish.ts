import { type CommandNode, type Names, type OptionNode, withSubcommands } from './commandTree.js'
import { pathsOf, valueOptions } from './shellWords.js'

/** A completion script for fish, to be sourced or put into its directory `completions` as `govstream.fish`. */
export function fishCompletion(root: CommandNode): string {
  return `# Completion of govstream for fish: govstream completion fish | source
function __govstream_at
    set -l at
    set -l skip
    for word in (commandline -opc)[2..-1]
        if test -n "$skip"
            set skip
            continue
        end
        if contains -- $word ${valueOptions(root).map(quoted).join(' ')}
            set skip 1
            continue
        end
        set -l next (string trim -- "$at $word")
        if contains -- $next ${pathsOf(root).map(quoted).join(' ')}
            set at $next
        end
    end
    test "$at" = "$argv[1]"
end
function __govstream_names
    set -l tokens (commandline -opc)
    set -l config
    for at in (seq 2 (count $tokens))
        if test "$tokens[$at]" = --config; and test $at -lt (count $tokens)
            set config --config $tokens[(math $at + 1)]
        else if string match -q -- '--config=*' $tokens[$at]
            set config $tokens[$at]
        end
    end
    command $tokens[1] completion fish --names $argv[1] $config 2>/dev/null
end
complete -c govstream -f
${withSubcommands(root).flatMap(linesOf).join('\n')}
`
}

function linesOf(node: CommandNode): readonly string[] {
  const start = `complete -c govstream -n ${quoted(`__govstream_at ${quoted(node.path)}`)}`
  return [
    ...node.commands.map(
      ({ path, description }) => `${start} -a ${quoted(path.split(' ').at(-1) ?? '')} -d ${quoted(description)}`,
    ),
    ...(node.names === undefined ? [] : [`${start} -a ${quoted(callOf(node.names))}`]),
    ...(node.words.length === 0 ? [] : [`${start} -a ${quoted(node.words.join(' '))}`]),
    ...node.options.map((option) => `${start} ${flagsOf(option)} -d ${quoted(option.description)}`),
  ]
}

function flagsOf({ long, short, takes }: OptionNode): string {
  const names = `${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`
  if (takes === 'nothing') return names
  if (takes === 'file') return `${names} -r -F`
  if (takes === 'directory') return `${names} -x -a ${quoted('(__fish_complete_directories)')}`
  if (takes === 'chains' || takes === 'handlers') return `${names} -x -a ${quoted(callOf(takes))}`
  return typeof takes === 'string' ? `${names} -x` : `${names} -x -a ${quoted(takes.join(' '))}`
}

function callOf(names: Names): string {
  return `(__govstream_names ${names})`
}

/** Quotes any text as one word of fish. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
