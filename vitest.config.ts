import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// The tests of these rooms leave nothing behind in their process, so its files share it: to load viem and zod anew for
// each of five hundred files costs more than most of their tests do.
const unitRooms = ['domain', 'streams', 'store', 'sinks', 'transport', 'channels']
const edgeRooms = ['sources', 'views', 'config', 'schema', 'page', 'notify', 'remote', 'bench']
const runRooms = ['monitor', 'server', 'preflight', 'localChain']
const commandRooms = ['cli', 'docs', 'entries', 'support']

// The long ones of the rooms above: alone, for a room is dealt out to the workers before it is known how long it takes.
const long = [
  'test/streams/interleaving.test.ts',
  'test/streams/everyTurn.test.ts',
  'test/store/damage.test.ts',
  'test/channels/email.test.ts',
  ...['lifecycle', 'livingMessages', 'formerStates'].map((name) => `test/monitor/${name}.test.ts`),
  'test/cli/demo.test.ts',
]

// Begun first, so that none of them is what all else waits for at the end.
const longest = [
  ...['deliveries', 'growth', 'crash', 'run', 'state'].map((name) => `test/process/${name}.test.ts`),
  ...['torture/writePath/killOnWritePath', 'torture/faults/faultKinds', 'torture/crashes', 'examples'].map(
    (name) => `test/${name}.test.ts`,
  ),
  ...long,
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.some((path) => moduleId.endsWith(`/${path}`))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const testsOf = (rooms: readonly string[]): string[] => rooms.map((room) => `test/${room}/**/*.test.ts`)
const elsewhere = `test/!(${[...unitRooms, ...edgeRooms, ...runRooms, ...commandRooms].join('|')})/**/*.test.ts`

export default defineConfig({
  test: {
    // The same for expect.poll: vitest's own limit of one second is less than a busy machine may pause.
    expect: { requireAssertions: true, poll: { timeout: 60_000 } },
    setupFiles: ['./test/support/propertySeed.ts'],
    reporters: ['default', './test/support/closingLine.ts'],
    // Only what hangs is to be ended: a busy machine takes several times as long.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than a small machine has cores: half of the time a worker waits, for a process, a chain or a clock.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'units', isolate: false, include: testsOf(unitRooms), exclude: long } },
      { extends: true, test: { name: 'edges', isolate: false, include: testsOf(edgeRooms) } },
      { extends: true, test: { name: 'runs', isolate: false, include: testsOf(runRooms), exclude: long } },
      { extends: true, test: { name: 'commands', isolate: false, include: testsOf(commandRooms), exclude: long } },
      { extends: true, test: { name: 'whole', include: ['test/*.test.ts', elsewhere, ...long] } },
    ],
  },
})
