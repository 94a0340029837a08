// CSI with its parameters, or any other escape of two parts.
const short = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g
// What begins a command that carries a text (OSC, DCS, APC and their like), and what ends or aborts one.
const opening = /\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f]/g
const ending = /\u0007|\u001b\\?|\u009c/g

/** A text less the commands of a terminal in it, the texts they carry included. Takes linear time. */
export function withoutTerminalCommands(text: string): string {
  return withoutCarried(text).replace(short, '')
}

/** The end that is found for one beginning serves all beginnings before it: no part of the text is searched twice. */
function withoutCarried(text: string): string {
  let kept = ''
  let from = 0
  let end: RegExpExecArray | undefined
  for (const { 0: mark, index } of text.matchAll(opening)) {
    if (index < from) continue
    const start = index + mark.length
    if (end === undefined || end.index < start) {
      ending.lastIndex = start
      end = ending.exec(text) ?? undefined
      if (end === undefined) break
    }
    if (end[0] === '\u001b') continue
    kept += text.slice(from, index)
    from = end.index + end[0].length
  }
  return kept + text.slice(from)
}
