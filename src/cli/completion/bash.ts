import { type CommandNode, type OptionNode, withSubcommands } from './commandTree.js'
import { anyOf, namesOf, pathsOf, shellWord, valueOptions, valuesOf } from './shellWords.js'

/** Renders a completion script for bash 3.2 and later. It has no dependencies, and calls govstream only for names. */
export function bashCompletion(root: CommandNode): string {
  return `# Completion of govstream for bash: source <(govstream completion bash)
_govstream_offer() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@" -- "$cur")
}
_govstream_names() {
  local line i config=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == --config ]] || continue
    line=\${COMP_WORDS[i+1]}
    [[ $line == '=' ]] && line=\${COMP_WORDS[i+2]}
    # As it was typed, and no shell is to run it.
    line=\${line//\\\\/}; line=\${line//\\"/}; line=\${line//\\'/}
    config=(--config "$line")
  done
  while IFS= read -r line; do
    printf -v line %q "$line"
    [[ $line == "$cur"* ]] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" completion bash --names "$1" "\${config[@]}" 2>/dev/null)
}
_govstream() {
  local cur prev word path='' skip='' i
  COMPREPLY=()
  cur=\${COMP_WORDS[COMP_CWORD]}
  prev=\${COMP_WORDS[COMP_CWORD-1]}
  # bash splits --option=value into three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]] && ((COMP_CWORD > 1)); then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ -n $skip ]]; then
      [[ $word == '=' ]] || skip=''
      continue
    fi
    case "$word" in
      ${anyOf(valueOptions(root))}) skip=1; continue ;;
    esac
    case "$path\${path:+ }$word" in
      ${anyOf(pathsOf(root))}) path="$path\${path:+ }$word" ;;
    esac
  done
  case "$path:$prev" in
${valuesOf(root)
  .map(([patterns, takes]) => `    ${anyOf(patterns)})\n      ${offer(takes)}\n      return ;;`)
  .join('\n')}
  esac
  case "$path:$cur" in
${withSubcommands(root).flatMap(wordsAfter).join('\n')}
  esac
}
complete -F _govstream govstream
`
}

function offer(takes: OptionNode['takes']): string {
  if (takes === 'file') return 'compopt -o filenames 2>/dev/null; _govstream_offer -f'
  if (takes === 'directory') return 'compopt -o filenames 2>/dev/null; _govstream_offer -d'
  if (takes === 'chains' || takes === 'handlers') return `_govstream_names ${takes}`
  return typeof takes === 'string' ? ':' : words(takes)
}

/** Offers options if one was begun or if there is nothing else, and the words of the command otherwise. */
function wordsAfter({ path, options, words: own, names, commands }: CommandNode): readonly string[] {
  const flags = words(options.flatMap(namesOf))
  const named = names === undefined ? '' : `_govstream_names ${names}; `
  const others = [...commands.map(({ path: below }) => below.split(' ').at(-1) ?? ''), ...own]
  return [
    `    ${shellWord(`${path}:-`)}*) ${flags} ;;`,
    `    ${shellWord(`${path}:`)}*) ${named}${others.length === 0 && named === '' ? flags : words(others)} ;;`,
  ]
}

function words(offered: readonly string[]): string {
  return `_govstream_offer -W ${shellWord(offered.join(' '))}`
}
