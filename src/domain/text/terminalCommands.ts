// Matches CSI with its parameters, and other escape sequences without a text.
const short = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g
// The beginnings of commands that carry a text (OSC, DCS, APC and similar), and what ends or aborts them.
const opening = /\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f]/g
const ending = /\u0007|\u001b\\?|\u009c/g

/** Removes terminal commands from a text, including the texts they carry. Takes linear time. */
export function withoutTerminalCommands(text: string): string {
  return withoutCarried(text).replace(short, '')
}

/**
 * Reuses the end found for one beginning for every beginning before it, so that no part of the text is searched twice.
 */
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
