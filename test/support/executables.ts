/**
 * The start of an ELF program, 64 bit and little endian, with a section table that ends at
 * `end`, and one segment that ends at `loaded`.
 */
export function elf({ machine = 62, type = 2, abi = 0, end = 0, loaded = 0, entry = 0x401000 } = {}): Buffer {
  const head = Buffer.alloc(128)
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, abi])
  head.writeUInt16LE(type, 16)
  head.writeUInt16LE(machine, 18)
  head.writeUInt32LE(entry, 24)
  if (loaded > 0) {
    head.writeUInt32LE(64, 32)
    head.writeUInt16LE(56, 54)
    head.writeUInt16LE(1, 56)
    head.writeUInt32LE(1, 64)
    head.writeBigUInt64LE(BigInt(loaded - 100), 72)
    head.writeBigUInt64LE(100n, 96)
  }
  if (end > 0) {
    head.writeBigUInt64LE(BigInt(end - 64), 40)
    head.writeUInt16LE(64, 58)
    head.writeUInt16LE(1, 60)
  }
  return head
}

/** The start of a program for macOS, with one segment that ends at `loaded`. */
export function machO(processor = 0x0100000c, loaded = 0): Buffer {
  const head = Buffer.alloc(104)
  head.set([0xcf, 0xfa, 0xed, 0xfe])
  head.writeUInt32LE(processor, 4)
  head.writeUInt32LE(2, 12)
  if (loaded > 0) {
    head.writeUInt32LE(1, 16)
    head.writeUInt32LE(0x19, 32)
    head.writeUInt32LE(72, 36)
    head.writeBigUInt64LE(BigInt(loaded - 100), 72)
    head.writeBigUInt64LE(100n, 80)
  }
  return head
}

/** A program for several processors of macOS, each of 100 bytes. */
export function universal(...processors: readonly number[]): Buffer {
  const head = Buffer.alloc(8 + processors.length * 20)
  head.set([0xca, 0xfe, 0xba, 0xbe])
  head.writeUInt32BE(processors.length, 4)
  processors.forEach((processor, index) => {
    head.writeUInt32BE(processor, 8 + index * 20)
    head.writeUInt32BE(1_000 + index * 100, 16 + index * 20)
    head.writeUInt32BE(100, 20 + index * 20)
  })
  return head
}
