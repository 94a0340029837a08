import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { channelOf, handlerSchema } from '../../src/channels/registry.js'
import { type CommandOptions, commandHandler } from '../../src/channels/command.js'
import { DeliveryError } from '../../src/domain/errors.js'
import type { Notification } from '../../src/domain/notifications/notification.js'
import { createHttpClient } from '../../src/transport/createHttpClient.js'
import { notification } from '../support/storeGiven.js'

const never = new AbortController().signal

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'govstream-command-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

interface Given extends Partial<CommandOptions> {
  readonly about?: Notification
  readonly signal?: AbortSignal
}

function run({ about = notification('n-1'), signal = never, ...options }: Given): Promise<unknown> {
  return commandHandler({ command: ['true'], environment: {}, timeout: 20_000, ...options }).handle(about, { signal })
}

const sh = (script: string, given: Given = {}): Promise<unknown> => run({ command: ['sh', '-c', script], ...given })

async function failure(delivery: Promise<unknown>): Promise<unknown> {
  const cause = await delivery.then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(cause).toBeInstanceOf(DeliveryError)
  if (!(cause instanceof DeliveryError)) return undefined
  const { kind, message, status } = cause
  return { kind, message, ...(status !== undefined && { status }) }
}

describe('commandHandler', () => {
  it('passes the notification to the program on standard input, as one line of JSON', async () => {
    const file = join(scratch(), 'input')
    const about = notification('n-1', { title: 'Ünïcode $(id) "quoted"\n', data: { height: 5 } })
    await run({ command: ['sh', '-c', 'cat > "$1"', 'sh', file], about })
    const input = readFileSync(file, 'utf8')
    expect(JSON.parse(input)).toStrictEqual({ ...about })
    expect(input.match(/\n/g)).toHaveLength(1)
    expect(input.endsWith('\n')).toBe(true)
  })

  it('passes the program the arguments unchanged, and only the configured environment', async () => {
    const file = join(scratch(), 'said')
    await run({
      command: ['/bin/sh', '-c', '{ printf "%s|" "$@"; env; } > "$FILE"', 'sh', '$(id)', ';', '*'],
      environment: { FILE: file, TOKEN: 'a b' },
    })
    const said = readFileSync(file, 'utf8')
    expect(said).toMatch(/^\$\(id\)\|;\|\*\|/)
    // The shell sets these by itself.
    const variables = said.slice(said.lastIndexOf('|') + 1).split('\n')
    expect(variables.filter((line) => line !== '' && !/^(?:PWD|_|SHLVL)=/.test(line)).toSorted()).toStrictEqual([
      `FILE=${file}`,
      'TOKEN=a b',
    ])
  })

  it.each([
    ['echo lost; echo "no route" >&2; exit 3', 'transient', 'ended with exit code 3: lost no route', 3],
    ['exit 75', 'transient', 'ended with exit code 75.', 75],
    ['exit 65', 'permanent', 'ended with exit code 65.', 65],
    ['kill -SEGV $$', 'transient', 'was ended by SIGSEGV.', undefined],
    ['printf "\\033[2Jred\\r\\nX"; exit 1', 'transient', 'ended with exit code 1: red X', 1],
  ])('%s is %s', async (script, kind, said, status) => {
    const message = `The program sh ${said}`
    expect(await failure(sh(script))).toStrictEqual({ kind, message, ...(status !== undefined && { status }) })
  })

  it('retries if the program cannot be started', async () => {
    expect(await failure(run({ command: ['/no/such/tell'] }))).toStrictEqual({
      kind: 'transient',
      message:
        'The program tell could not be started: /no/such/tell is not there, or the interpreter in its first line is not.',
    })
    expect(await failure(run({ command: ['/etc'] }))).toStrictEqual({
      kind: 'transient',
      message: 'The program etc could not be started: /etc is not an executable file, or our user may not run it.',
    })
  })

  it('kills a hanging program at its timeout, with its children', async () => {
    const directory = scratch()
    const file = join(directory, 'pid')
    const hanging = sh(`sleep 600 & echo $! > ${file}; trap '' TERM; sleep 600`, { timeout: 1_000 })
    expect(await failure(hanging)).toStrictEqual({
      kind: 'transient',
      message: 'The program sh did not end within 1 s and was killed.',
    })
    const pid = Number(readFileSync(file, 'utf8'))
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it.each([
    ['that succeeded', 'exit 0'],
    ['that failed', 'exit 1'],
    ['that a signal ended', 'kill -TERM $$'],
  ])('kills the children of a program %s, except those with their own session', async (_case, end) => {
    const directory = scratch()
    const pid = (name: string): number => Number(readFileSync(join(directory, name), 'utf8'))
    // Each writes its process id before the program ends.
    const own = `setsid sh -c 'echo $$ > own.part; mv own.part own; exec sleep 600' & while [ ! -e own ]; do :; done`
    await sh(`cd ${directory}; sleep 600 & echo $! > left; ${own}; ${end}`, {
      environment: { PATH: '/usr/bin:/bin' },
    }).catch((cause: unknown) => expect(cause).toBeInstanceOf(DeliveryError))
    onTestFinished(() => void process.kill(pid('own'), 'SIGKILL'))

    await expect.poll(() => isAlive(pid('left'))).toBe(false)
    expect(isAlive(pid('own'))).toBe(true)
  })

  it('kills a running program when stopped', async () => {
    const file = join(scratch(), 'begun')
    const stop = new AbortController()
    const running = failure(sh(`echo $$ > ${file}.part; mv ${file}.part ${file}; sleep 600`, { signal: stop.signal }))
    await expect.poll(() => existsSync(file)).toBe(true)
    stop.abort()
    expect(await running).toMatchObject({ kind: 'transient' })
    const pid = Number(readFileSync(file, 'utf8'))
    await expect.poll(() => isAlive(pid)).toBe(false)
  })

  it('discards most of a large output', async () => {
    await expect(sh('head -c 5000000 /dev/zero | tr "\\0" x')).resolves.toBeUndefined()
    expect(await failure(sh('head -c 5000000 /dev/zero | tr "\\0" x >&2; exit 1'))).toStrictEqual({
      kind: 'transient',
      message: `The program sh ended with exit code 1: ${'x'.repeat(199)}…`,
      status: 1,
    })
  })

  it('shows no part of a printed secret where its output is cut', async () => {
    const given = { environment: { TOKEN: 'k3y5aBcD9eFgH', PATH: '/usr/bin:/bin' } }
    for (const before of [186, 190, 195, 199]) {
      const shown = JSON.stringify(await failure(sh(`printf "${'x'.repeat(before)}%s" "$TOKEN"; exit 1`, given)))
      expect(shown).toContain(`exit code 1: ${'x'.repeat(before)}`)
      expect(shown).not.toContain('k3y')
    }
  })

  it.each([
    ['which ends', 'exit 0'],
    ['which closes it', 'exec 0<&-; sleep 0.1; exit 0'],
    ['which reads a byte of it', 'head -c 1 > /dev/null; exit 0'],
  ])('counts a program that ignores its input as successful, %s', async (_case, script) => {
    // More than a pipe holds.
    const about = notification('n-1', { message: 'x'.repeat(1_000_000) })
    await expect(sh(script, { about })).resolves.toBeUndefined()
  })
})

describe('the settings of a command', () => {
  const settings = (over: object): unknown => ({ type: 'command', command: ['/usr/local/bin/tell', '--json'], ...over })
  const problems = (over: object): readonly string[] =>
    (handlerSchema.safeParse(settings(over)).error?.issues ?? []).map(({ message }) => message)

  it.each([{ command: [] }, { command: [''] }, { command: ['a\0b'] }])('refuse %j', (over) => {
    expect(problems(over)).toStrictEqual([
      'expected a program and its arguments, such as [/usr/local/bin/tell, --json]',
    ])
  })

  it('refuse variables that no program could read', () => {
    expect(problems({ environment: { 'A=B': 'x' } })).toHaveLength(1)
    expect(problems({ environment: { A: 'x\0' } })).toStrictEqual(['expected text without a NUL'])
    expect(problems({ environment: { A: 'x' } })).toStrictEqual([])
  })

  it('keep the values of the environment secret', () => {
    const handler = handlerSchema.parse(settings({ environment: { TOKEN: 'abc', USER: 'me' } }))
    expect(channelOf(handler).secrets(handler)).toStrictEqual({ secrets: ['abc', 'me'] })
  })

  it('are checked: the program must exist, otherwise the report says what to do', async () => {
    const deps = { http: createHttpClient(), signal: never }
    const check = async (name: string): Promise<string | undefined> => {
      const handler = handlerSchema.parse(settings({ command: [name] }))
      return channelOf(handler).check?.(handler, deps)
    }
    expect(await check('sh')).toMatch(/^\/(?:usr\/)?bin\/sh can be run\.$/)
    const file = join(scratch(), 'tell')
    writeFileSync(file, '#!/bin/sh\n')
    await expect(check(file)).rejects.toThrow(
      `The program ${file} is not there or may not be run: give its full path and make it executable.`,
    )
  })
})
