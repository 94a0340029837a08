// Runs the built monitor over the named state until its input ends. Each poll brings a new block and a changed tally of
// one proposal. It prints the URL that it serves.
import { createMonitor } from '../dist/index.js'

const { state, chain, voting } = JSON.parse(process.env.GOVSTREAM_BENCH)
const unused = () => Promise.reject(new Error('Not used.'))
let polls = 0
const reader = {
  chain,
  system: 'governor',
  read() {
    polls += 1
    const number = 1_000_000n + BigInt(polls)
    const timestamp = BigInt(Math.floor(Date.now() / 1000))
    const head = { number, hash: `0x${number.toString(16)}`, parentHash: `0x${(number - 1n).toString(16)}`, timestamp }
    const tally = { yes: BigInt(polls), no: 0n, abstain: 0n, unit: 'votes' }
    return Promise.resolve({
      ok: true,
      chain,
      readAt: Date.now(),
      head,
      at: head,
      retracted: [],
      backlog: 0n,
      cursor: polls,
      warnings: [],
      votes: [],
      proposals: [
        {
          ...voting,
          origin: { block: 99_999n, hash: '0x', index: 0 },
          votingEnd: number + 1_000_000n,
          readAt: number,
          tally,
        },
      ],
    })
  },
  readBlock: unused,
  readProposal: unused,
  readProposals: unused,
  readParameters: unused,
  readMembers: unused,
  check: unused,
}

const governance = { system: 'governor', address: '0x00000000000000000000000000000000000000a1' }
const config = {
  state,
  http: { listen: '127.0.0.1:0' },
  proposals: { maxAge: '36500d' },
  notifier: { maxAge: '36500d', handlers: [] },
  chains: [{ name: chain, rpc: { urls: ['http://127.0.0.1:9'] }, governance, monitor: { pollInterval: '1s' } }],
}
const log = Object.fromEntries(['debug', 'info', 'warn', 'error', 'fatal', 'trace'].map((level) => [level, () => {}]))
log.info = (fields) => 'url' in fields && process.stdout.write(`${JSON.stringify({ url: fields.url })}\n`)
log.error = (fields, line) => process.stderr.write(`${line}\n`)
const stop = new AbortController()
process.stdin.resume().once('end', () => stop.abort())
await createMonitor(config, { readers: { [chain]: reader }, log }).run({ signal: stop.signal })
