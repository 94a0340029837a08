// Nodes and servers of all five systems, in a process of their own, until the input ends. They keep making new blocks.
import { once } from 'node:events'
import { startChain } from '../test/support/chain.js'
import { upgradeMessage } from '../test/support/servers/cosmos/messages.js'
import { startCosmosServer } from '../test/support/servers/cosmosServer.js'
import { startWemixvisorServer } from '../test/support/servers/wemixvisorServer.js'
import { deployGovBase } from '../test/sources/governance/govBase/govBaseChain.js'
import { startWemixChain } from '../test/sources/governance/wemix/wemixChain.js'
import { upgrade, wire } from '../test/sources/governance/wemixvisorRpc/following.js'

const blockMs = (Number(process.argv[2]) * 1000) / 2
const open = 10
const [evm, london, hub, visor] = await Promise.all([
  startChain(),
  startWemixChain(),
  startCosmosServer(),
  startWemixvisorServer(),
])
const { governor, actor } = await evm.deploy({ votingPeriod: 100_000 })
const govBase = await deployGovBase(evm, 'GovBaseValidator', { lifetime: 1_000_000 })
const wemix = await london.wemix()
for (let id = 1; id <= open; id += 1) {
  await actor.propose({ description: `# Proposal ${id}`, targets: [governor], calldatas: ['0x'], proposer: id % 5 })
  visor.put(
    id % 2 === 0
      ? wire(String(id), 'voting')
      : upgrade(String(id), 'passed', { name: `v${id}`, height: 9_000_000 + id }),
  )
  hub.put(id, id % 2 === 0 ? {} : { messages: [upgradeMessage(`v${id}`, 9_000_000 + id)] })
}
await govBase.propose(0, 'proposeGasTip', 5n)
await wemix.addMember(wemix.people[5]!)

const timer = setInterval(() => {
  hub.mine(1)
  visor.mine(1)
  void Promise.all([evm.client.mine({ blocks: 1 }), london.mine()])
}, blockMs)
process.stdout.write(
  `${JSON.stringify({ evm: evm.url, governor, govBase: govBase.address, london: london.url, registry: wemix.registry, visor: visor.url, hub: hub.url })}\n`,
)

process.stdin.resume()
await once(process.stdin, 'end')
clearInterval(timer)
await Promise.all([evm, london, hub, visor].map((server) => server.stop()))
