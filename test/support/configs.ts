import { ConfigError } from '../../src/domain/errors.js'

export const governor = '0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB'

/** A minimal configuration: one chain with one Governor. */
export function minimal(chain: object = {}, top: object = {}): Record<string, unknown> {
  return {
    ...top,
    chains: [
      {
        name: 'local',
        rpc: { urls: ['http://127.0.0.1:8545'] },
        governance: { system: 'governor', address: governor },
        ...chain,
      },
    ],
  }
}

/** The lines that the command line prints for an error of `work`. */
export function linesOf(work: () => unknown): readonly string[] {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

/** The message for an invalid timer duration. */
export const timer = 'expected a duration above 0 and below 24 days, such as 500ms, 30s, 10m or 24h'
