import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

// Format, lint, types and dead code, side by side: each waits for one core most of the time. What one of them prints
// comes as a whole, and one that fails has all fail.

const checks = ['lint', 'types', 'dead']
// Types are many small objects that stay: a seventh of the time of a linter went into moving them about.
const env = { ...process.env, NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-semi-space-size=128` }

const codes = await Promise.all(
  checks.map(async (name) => {
    const child = spawn('npm', ['run', name], { stdio: ['ignore', 'pipe', 'pipe'], env })
    const ended = new Promise((resolve) => child.once('close', resolve))
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    process.stdout.write(`${out}${err}`)
    return code
  }),
)
process.exitCode = codes.every((code) => code === 0) ? 0 : 1
