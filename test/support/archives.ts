import { crc32, gzipSync } from 'node:zlib'

/** One entry of an archive for a test. `kind` is the type flag of a tar. */
export interface Packed {
  readonly path: string
  readonly content?: Buffer | string
  readonly kind?: '0' | '1' | '2' | '3' | '5' | '6' | 'S' | 'Z' | 'x'
  readonly target?: string
}

/** A tar of these entries, unchanged: it may contain what no program would pack. */
export function tarOf(...entries: readonly Packed[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', kind, target = '' }) => {
    const body = Buffer.from(content)
    const head = Buffer.alloc(512)
    head.write(path, 0, 100)
    head.write('0000644\0' + '0000000\0' + '0000000\0', 100)
    head.write(`${body.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        `, 124)
    head.write(kind ?? (path.endsWith('/') ? '5' : '0'), 156)
    head.write(target, 157, 100)
    head.write('ustar\x0000', 257)
    const sum = head.reduce((total, byte) => total + byte, 0)
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
    return [head, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1_024)])
}

export function tarGzOf(...entries: readonly Packed[]): Buffer {
  return gzipSync(tarOf(...entries))
}

const unixModes: Readonly<Record<string, number>> = { '0': 0o100644, '2': 0o120777, '3': 0o020644 }

/** A zip of these entries, stored without compression. */
export function zipOf(...entries: readonly Packed[]): Buffer {
  let offset = 0
  const locals: Buffer[] = []
  const listed = entries.map(({ path, content = '', kind = '0' }) => {
    const body = Buffer.from(content)
    const name = Buffer.from(path)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(body), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(body.length, 18)
    common.writeUInt16LE(name.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((unixModes[kind] ?? 0) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, body])
    offset += local.length
    locals.push(local)
    return Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, tail, name])
  })
  const list = Buffer.concat(listed)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, list, end])
}
