import { type CommandNode, type OptionNode, withSubcommands } from './commandTree.js'
import { anyOf, namesOf, pathsOf, shellWord, valueOptions, valuesOf } from './shellWords.js'

/** Renders a completion script for zsh, to be sourced or put into a directory of `fpath` as `_govstream`. */
export function zshCompletion(root: CommandNode): string {
  return `#compdef govstream
# Completion of govstream for zsh: source <(govstream completion zsh)
_govstream_names() {
  local -a named config
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    case "\${words[i]}" in
      --config) config=(--config "\${(Q)words[i+1]}") ;;
      --config=*) config=(--config "\${(Q)\${words[i]#*=}}") ;;
    esac
  done
  named=("\${(@f)$("\${(Q)words[1]}" completion zsh --names $1 $config 2>/dev/null)}")
  compadd -- \${(@)named:#}
}
_govstream() {
  local word at='' skip='' cur=\${words[CURRENT]} prev=\${words[CURRENT-1]}
  local -a offered
  integer i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$word" in
      ${anyOf(valueOptions(root))}) skip=1; continue ;;
    esac
    case "$at\${at:+ }$word" in
      ${anyOf(pathsOf(root))}) at="$at\${at:+ }$word" ;;
    esac
  done
  # --option=value is one word here.
  if [[ $cur == --*=* ]]; then
    prev=\${cur%%=*}
    compset -P '*='
  fi
  case "$at:$prev" in
${valuesOf(root)
  .map(([patterns, takes]) => `    ${anyOf(patterns)})\n      ${offer(takes)}\n      return ;;`)
  .join('\n')}
  esac
  case "$at:$cur" in
${withSubcommands(root).flatMap(wordsAfter).join('\n')}
  esac
  _describe govstream offered
}
if [[ \${funcstack[1]} == _govstream ]]; then _govstream "$@"
else
  # Where nothing was completed before, zsh is told to begin.
  (( \$+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _govstream govstream
fi
`
}

function offer(takes: OptionNode['takes']): string {
  if (takes === 'file') return '_files'
  if (takes === 'directory') return '_files -/'
  if (takes === 'chains' || takes === 'handlers') return `_govstream_names ${takes}`
  return typeof takes === 'string' ? ':' : `compadd -- ${takes.map(shellWord).join(' ')}`
}

/** Offers options if one was begun or if there is nothing else, and the words of the command otherwise. */
function wordsAfter({ path, options, words, names, commands }: CommandNode): readonly string[] {
  const flags = options.flatMap((option) => namesOf(option).map((name) => described(name, option.description)))
  const named = names === undefined ? '' : `_govstream_names ${names}; `
  const others = [
    ...commands.map((below) => described(below.path.split(' ').at(-1) ?? '', below.description)),
    ...words.map((word) => described(word, '')),
  ]
  return [
    `    ${shellWord(`${path}:-`)}*) offered=(${flags.join(' ')}) ;;`,
    `    ${shellWord(`${path}:`)}*) ${named}offered=(${(others.length === 0 && named === '' ? flags : others).join(' ')}) ;;`,
  ]
}

/** Renders a word and its description, separated by a colon. */
function described(word: string, description: string): string {
  return shellWord(
    [word, ...(description === '' ? [] : [description])].map((part) => part.replaceAll(':', '\\:')).join(':'),
  )
}
