import { parseArgs } from 'node:util'
import { torture, type TortureReport } from './torture.js'

// npm run torture -- --minutes 60 [--seed 1] [--kills 200]: one story after the other, each with the next seed.
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '200' },
  },
})
const end = Date.now() + Number(values.minutes) * 60_000
const bad = ['lost', 'repeated', 'torn', 'wrong'] as const
const total = {
  stories: 0,
  kills: 0,
  atOperations: 0,
  notifications: 0,
  files: 0,
  lost: 0,
  repeated: 0,
  torn: 0,
  wrong: 0,
}
for (let seed = Number(values.seed); Date.now() < end; seed += 1) {
  const signal = AbortSignal.timeout(Math.max(1, end - Date.now()))
  const report: TortureReport = await torture({ seed, kills: Number(values.kills), signal })
  print(`seed ${seed}`, report)
  total.stories += 1
  for (const key of ['kills', 'atOperations', 'notifications', 'files', ...bad] as const) total[key] += report[key]
  if (bad.some((key) => report[key] > 0)) process.exitCode = 1
}
print(`all ${total.stories}`, total)

function print(what: string, report: TortureReport): void {
  const { kills, atOperations, notifications, files, lost, repeated, torn, wrong } = report
  process.stdout.write(
    `${what}: ${kills} kills (${atOperations} at an operation on the file), ${notifications} notifications, ${files} files: lost ${lost}, repeated ${repeated}, torn ${torn}, wrong ${wrong}\n`,
  )
}
