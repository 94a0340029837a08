import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { examples } from '../../src/cli/examples.js'
import { createProgram } from '../../src/cli/program.js'
import { commandHere } from '../support/cliHere.js'

/** The program with commands that only record their arguments. */
function newProgram(): { readonly program: Command; readonly ran: string[] } {
  const ran: string[] = []
  const program = createProgram(commandHere().context, () => undefined)
  for (const [name, command] of commandsOf(program)) command.action(() => void ran.push(name))
  return { program, ran }
}

function commandsOf(parent: Command, words = ''): readonly (readonly [name: string, command: Command])[] {
  return parent.commands.flatMap((command): readonly (readonly [string, Command])[] => {
    const name = `${words}${command.name()}`
    return command.commands.length === 0 ? [[name, command]] : commandsOf(command, `${name} `)
  })
}

/** The words of a line as a shell splits them, without what surrounds the command. */
function wordsOf(line: string): readonly string[] {
  const [, command = ''] = /(?:^|<\()govstream ([^>)]*)/.exec(line) ?? []
  return (command.trim().match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))
}

describe('--help of a command', () => {
  const names = commandsOf(newProgram().program).map(([name]) => name)

  it.each(names)('%s ends with examples, and each of them runs that command', async (name) => {
    const { program } = newProgram()
    const command = commandsOf(program).find(([known]) => known === name)?.[1]
    let help = ''
    command?.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 80 }).outputHelp()
    const lines = examples[name] ?? []
    expect(lines.length).toBeGreaterThan(0)
    expect(help).toMatch(/\nExamples:\n(?: {2}.{1,78}\n)+$/)
    expect(help.split('\n')).toStrictEqual(expect.arrayContaining(lines.map((line) => `  ${line}`)))

    for (const line of lines) {
      const tried = newProgram()
      await tried.program.parseAsync([...wordsOf(line)], { from: 'user' })
      expect(tried.ran).toStrictEqual([name])
    }
  })

  it('has no example of an unknown command', () => {
    expect(Object.keys(examples).filter((name) => !names.includes(name))).toStrictEqual([])
  })
})
