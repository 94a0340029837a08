import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { exitCodes } from '../../src/cli/exitCodes.js'
import { createProgram } from '../../src/cli/program.js'
import { blocksIn, pageText, root, tableOf } from './pages.js'

const silent = {
  out: () => undefined,
  note: () => undefined,
  taken: () => Promise.resolve(),
  width: Infinity,
  color: false,
  noteWidth: Infinity,
  noteColor: false,
  attended: false,
}
const newProgram = (): Command =>
  createProgram({ terminal: silent, now: () => 0, signal: new AbortController().signal }, () => undefined)
/** Every command without subcommands, by its full name. */
function commandsOf(parent: Command, words = ''): readonly (readonly [name: string, command: Command])[] {
  return parent.commands.flatMap((command): readonly (readonly [string, Command])[] => {
    const name = `${words}${command.name()}`
    return command.commands.length === 0 ? [[name, command]] : commandsOf(command, `${name} `)
  })
}
const packageSchema = z.object({ scripts: z.record(z.string(), z.string()), engines: z.object({ node: z.string() }) })
const manifest = packageSchema.parse(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')))

const lines = [
  ...blocksIn('sh').flatMap(({ text }) => text.trim().split('\n')),
  ...blocksIn('ini').flatMap(({ text }) =>
    [...text.matchAll(/^ExecStart=\S+node \S+\/dist\/cli\/main\.js (.*)$/gm)].map(
      ([, rest = '']) => `npx govstream ${rest}`,
    ),
  ),
]
const commands = lines.flatMap((line) => line.split(' && '))
const ours = commands.filter((command) => command.startsWith('npx govstream '))

describe('README.md', () => {
  it('has every command with its arguments and options', () => {
    const rows = tableOf('README.md', ['Command', 'Does', 'Options'])

    expect(
      rows.map(([command, , options]) => ({ command, options: options?.split(' ').filter(Boolean) })),
    ).toStrictEqual(
      commandsOf(newProgram()).map(([name, command]) => ({
        command: [
          name,
          ...command.registeredArguments.map((argument) =>
            argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
          ),
        ].join(' '),
        options: command.options.filter(({ hidden }) => !hidden).map(({ long }) => long),
      })),
    )
  })

  it('has every exit code', () => {
    expect(tableOf('README.md', ['Exit code', 'Means']).map(([code]) => Number(code))).toStrictEqual(
      Object.values(exitCodes).sort((a, b) => a - b),
    )
  })

  it('has both command lines at its top, and says what they need', () => {
    const top = pageText('README.md').split('\n').slice(0, 20).join('\n')

    expect(top).toContain('\nnpm ci && npm run demo\n')
    expect(top).toContain('\nnpm ci && npm test\n')
    expect(top).toContain(`Node ${manifest.engines.node.replace('>=', '>= ')}.`)
  })
})

describe('a command on a page', () => {
  it.each(ours)('exists: %s', (line) => {
    const program = newProgram()
    const [name = '', ...words] = (line.match(/"[^"]*"|\S+/g) ?? []).slice(2)
    const group = program.commands.find((candidate) => candidate.name() === name)
    const part = group?.commands.find((candidate) => candidate.name() === words[0])
    const [command, rest] = part === undefined ? [group, words] : [part, words.slice(1)]
    const { operands, unknown } = program.parseOptions(rest)
    const parsed = command?.parseOptions([...operands, ...unknown])

    expect(group?.name()).toBe(name)
    expect(parsed?.unknown).toStrictEqual([])
    expect(parsed?.operands.length).toBeLessThanOrEqual(command?.registeredArguments.length ?? 0)
  })

  it('is a govstream command or a script of package.json', () => {
    const others = commands.filter((command) => !ours.includes(command))
    const scripts = [
      'npm ci',
      ...Object.keys(manifest.scripts).flatMap((script) => [`npm run ${script}`, `npm ${script}`]),
    ]

    const isScript = (command: string): boolean => scripts.includes(command.replace(/ -- .*/, ''))

    expect(others.filter((command) => !isScript(command))).toStrictEqual([])
    expect(ours.length).toBeGreaterThan(10)
  })
})
