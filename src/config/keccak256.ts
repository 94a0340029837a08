const rate = 136
const lanes = 25
const mask = (1n << 64n) - 1n

/** Keccak-256 as Ethereum has it (not SHA3-256, which pads in another way) of a short text. Not made for speed. */
export function keccak256(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  const padded = new Uint8Array((Math.floor(bytes.length / rate) + 1) * rate)
  padded.set(bytes)
  padded[bytes.length] = 0x01
  padded[padded.length - 1] = (padded.at(-1) ?? 0) | 0x80
  let state: readonly bigint[] = Array.from({ length: lanes }, () => 0n)
  for (let start = 0; start < padded.length; start += rate) {
    const block = new DataView(padded.buffer, start, rate)
    state = permuted(state.map((lane, at) => (at * 8 < rate ? lane ^ block.getBigUint64(at * 8, true) : lane)))
  }
  const hash = new DataView(new ArrayBuffer(32))
  for (const [at, lane] of state.slice(0, 4).entries()) hash.setBigUint64(at * 8, lane, true)
  return new Uint8Array(hash.buffer)
}

/** Keccak-f[1600]: 24 rounds over 25 lanes, lane (x, y) at x + 5y. */
function permuted(input: readonly bigint[]): readonly bigint[] {
  let state = input
  let register = 1
  for (let round = 0; round < 24; round += 1) {
    const lane = (x: number, y: number, of: readonly bigint[] = state): bigint => of[(x % 5) + 5 * (y % 5)] ?? 0n
    const columns = [0, 1, 2, 3, 4].map((x) => lane(x, 0) ^ lane(x, 1) ^ lane(x, 2) ^ lane(x, 3) ^ lane(x, 4))
    const mixed = state.map((value, at) => value ^ (columns[(at + 4) % 5] ?? 0n) ^ rotated(columns[(at + 1) % 5] ?? 0n, 1))
    const moved = moveLanes(mixed)
    state = moved.map((value, at) => {
      const [x, y] = [at % 5, Math.floor(at / 5)]
      return value ^ (~lane(x + 1, y, moved) & mask & lane(x + 2, y, moved))
    })
    let constant = 0n
    for (let bit = 0; bit < 7; bit += 1) {
      if ((register & 1) === 1) constant |= 1n << BigInt(2 ** bit - 1)
      register = (register << 1) ^ ((register >> 7) * 0x171)
    }
    state = state.map((value, at) => (at === 0 ? value ^ constant : value))
  }
  return state
}

function moveLanes(state: readonly bigint[]): readonly bigint[] {
  const moved = [...state]
  let [x, y] = [1, 0]
  for (let step = 1; step <= 24; step += 1) {
    const value = state[x + 5 * y] ?? 0n
    ;[x, y] = [y, (2 * x + 3 * y) % 5]
    moved[x + 5 * y] = rotated(value, (step * (step + 1) / 2) % 64)
  }
  return moved
}

function rotated(lane: bigint, by: number): bigint {
  return by === 0 ? lane : ((lane << BigInt(by)) & mask) | (lane >> BigInt(64 - by))
}
