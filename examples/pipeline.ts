// The short way in: a viem client, an address, an operator of one's own between the stages, and a loop over the
// changes. Nothing is kept, written or sent.
//
//   node --import tsx examples/pipeline.ts http://127.0.0.1:8545 0xGovernor
import { changes, stage, toAsyncIterable, watchGovernor } from 'govstream'
import { fromEvent, merge, pipe, takeUntil } from 'rxjs'
import { createPublicClient, http, isAddress } from 'viem'

const [url, address] = process.argv.slice(2)
if (url === undefined || address === undefined || !isAddress(address)) {
  process.stderr.write('usage: pipeline.ts RPC_URL GOVERNOR\n')
  process.exit(2)
}

// Proposals without an effect are of no interest here.
const withoutTexts = stage('withoutTexts', (draft) => ({
  ...draft,
  changes: draft.changes.filter((change) => !('proposal' in change) || change.proposal.type !== 'text'),
}))

const change$ = watchGovernor(createPublicClient({ transport: http(url, { batch: true }) }), {
  address,
  periodMs: 1_000,
  stages: ({ ignoreOlder, followHead, diffProposals, planUpgrades }) =>
    pipe(ignoreOlder, followHead, diffProposals, withoutTexts, planUpgrades),
}).pipe(changes(), takeUntil(merge(fromEvent(process, 'SIGINT'), fromEvent(process, 'SIGTERM'))))

for await (const change of toAsyncIterable(change$)) {
  const about = 'proposal' in change ? change.proposal.title : change.vote.choice
  process.stdout.write(`${change.type}: ${about}\n`)
}
