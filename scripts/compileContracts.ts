import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import solc from 'solc'
import * as z from 'zod'

/**
 * Compiles what the tests and the demo deploy into contracts/artifacts.json, one line a contract.
 * OpenZeppelin 5 uses opcodes of Cancun; everything else is built for London, which old chains run.
 */
const groups = [
  {
    evmVersion: 'cancun',
    contracts: {
      Token: 'contracts/Token.sol',
      DistantToken: 'contracts/DistantToken.sol',
      SimpleGovernor: 'contracts/SimpleGovernor.sol',
      SequentialGovernor: 'contracts/SequentialGovernor.sol',
      TimelockGovernor: 'contracts/TimelockGovernor.sol',
      LateQuorumGovernor: 'contracts/LateQuorumGovernor.sol',
      TimelockController: '@openzeppelin/contracts/governance/TimelockController.sol',
    },
  },
  {
    evmVersion: 'london',
    contracts: {
      OldToken: 'contracts/OldToken.sol',
      CompatibleGovernor: 'contracts/CompatibleGovernor.sol',
      OldTimelockController: '@openzeppelin/contracts-v4/governance/TimelockController.sol',
      BravoGovernor: 'contracts/BravoGovernor.sol',
      BravoTimelock: 'contracts/BravoTimelock.sol',
      NounsGovernor: 'contracts/NounsGovernor.sol',
      UpgradableProxy: 'contracts/UpgradableProxy.sol',
      UpgradeRegistry: 'contracts/UpgradeRegistry.sol',
      UpgradeEntrypoint: 'contracts/UpgradeEntrypoint.sol',
      Plain: 'contracts/Plain.sol',
      GovBaseValidator: 'contracts/GovBaseValidator.sol',
      GovBaseCouncil: 'contracts/GovBaseCouncil.sol',
      GovBaseMinter: 'contracts/GovBaseMinter.sol',
      GovBaseMasterMinter: 'contracts/GovBaseMasterMinter.sol',
      WemixRegistry: 'contracts/WemixRegistry.sol',
      WemixBallotStorage: 'contracts/WemixBallotStorage.sol',
      WemixEnvStorage: 'contracts/WemixEnvStorage.sol',
      WemixGov: 'contracts/WemixGov.sol',
    },
  },
] as const

const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.unknown()),
          evm: z.object({ bytecode: z.object({ object: z.string() }) }),
        }),
      ),
    )
    .default({}),
})

const compilerSchema = z.object({
  compile: z.custom<(input: string, callbacks: { import: (path: string) => { contents: string } }) => string>(
    (value) => typeof value === 'function',
  ),
})

const root = new URL('../', import.meta.url)
const require = createRequire(import.meta.url)
const { compile } = compilerSchema.parse(solc)

function readImport(path: string): { contents: string } {
  return { contents: readFileSync(path.startsWith('@') ? require.resolve(path) : new URL(path, root), 'utf8') }
}

function compileGroup({ evmVersion, contracts }: (typeof groups)[number]): readonly string[] {
  const sources = Object.values(contracts).map((path) => [path, { content: readImport(path).contents }] as const)
  const output = outputSchema.parse(
    JSON.parse(
      compile(
        JSON.stringify({
          language: 'Solidity',
          sources: Object.fromEntries(sources),
          settings: {
            evmVersion,
            optimizer: { enabled: true, runs: 200 },
            metadata: { appendCBOR: false, bytecodeHash: 'none' },
            outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
          },
        }),
        { import: readImport },
      ),
    ),
  )
  const errors = output.errors.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))

  return Object.entries(contracts).map(([name, path]) => {
    // The name in the source may differ: both OpenZeppelin versions call theirs TimelockController.
    const built = output.contracts[path]?.[path.split('/').at(-1)?.replace('.sol', '') ?? name]
    if (built === undefined) throw new Error(`${path} did not give a contract for ${name}.`)
    return `${JSON.stringify(name)}: ${JSON.stringify({ abi: built.abi, bytecode: `0x${built.evm.bytecode.object}` })}`
  })
}

const lines = groups.flatMap(compileGroup)
writeFileSync(new URL('contracts/artifacts.json', root), `{\n${lines.join(',\n')}\n}\n`)
console.log(`Wrote ${lines.length} contracts to contracts/artifacts.json.`)
