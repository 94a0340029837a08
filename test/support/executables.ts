/** The beginning of an ELF program, 64 bit and little endian, with a list of sections that ends at `end`. */
export function elf({ machine = 62, type = 2, abi = 0, end = 0 } = {}): Buffer {
  const head = Buffer.alloc(128)
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, abi])
  head.writeUInt16LE(type, 16)
  head.writeUInt16LE(machine, 18)
  if (end > 0) {
    head.writeBigUInt64LE(BigInt(end - 64), 40)
    head.writeUInt16LE(64, 58)
    head.writeUInt16LE(1, 60)
  }
  return head
}

/** The beginning of a program for macOS. */
export function machO(processor = 0x0100000c): Buffer {
  const head = Buffer.alloc(64)
  head.set([0xcf, 0xfa, 0xed, 0xfe])
  head.writeUInt32LE(processor, 4)
  head.writeUInt32LE(2, 12)
  return head
}

/** A program for several processors of macOS, of which each takes 100 bytes. */
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
