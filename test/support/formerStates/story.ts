import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Deployment } from '../../../src/localChain/deployGovernor.js'

// The states beside this file were recorded by the last commit before each change of their schema (`npm run build`
// there, then scripts/recordState.ts). All of them read the same recorded chain: chain-1 with a rejected proposal, a
// passed one (v2 at 400) and two open ones, then chain-2, where v3 (at 600) has passed, too, the text is rejected,
// and another vote is open. The only receiver was down all the time. Versions 4 and 18 were never on main.

/** The governor of the recorded chain. Five voters of 100 votes each, a quorum of 300, 40 blocks to vote. */
export const deployment: Deployment = {
  version: '5',
  clock: 'block',
  governor: '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512',
  token: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  registry: '0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0',
  fromBlock: 0n,
  voters: [
    '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    '0x90F79bf6EB2c4f870365E785982E1f101E93b906',
    '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65',
  ],
}

/** The vote that is open at the end of the recording. */
export const open = 103608568953856156202394459934017064275474404243636575218666979778352171255204n

/** Host clock at its end, Unix milliseconds. */
export const recordedAt = 1_795_793_093_231

const shelf = new URL('.', import.meta.url)

/** The chain at one of the two moments, as a file that anvil loads. */
export function unpackChain(moment: 1 | 2, directory: string): string {
  return unpack(`chain-${moment}.json`, join(directory, `chain-${moment}.json`))
}

/** The state left by a govstream of this schema version. */
export function unpackState(version: number, path: string): string {
  return unpack(stateFile(version), path)
}

export const stateFile = (version: number): string => `v${String(version).padStart(2, '0')}.db`

function unpack(name: string, path: string): string {
  writeFileSync(path, gunzipSync(readFileSync(new URL(`${name}.gz`, shelf))))
  return path
}
