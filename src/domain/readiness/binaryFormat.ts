import type { Machine } from './machine.js'

/** The kind of a file, as detected from its beginning. */
export type BinaryFormat =
  /** The file begins with `#!`: the system runs the program named there. */
  | { readonly kind: 'script' }
  | {
      readonly kind: 'program'
      readonly os: string
      /** More than one in a universal binary. */
      readonly arches: readonly string[]
      /** False for a library, an object file or a core dump. */
      readonly mayBeRun: boolean
      /** The header lists parts up to this size; a shorter file was cut off. */
      readonly leastSize: number
    }
  /** `looksLike` completes the sentence "it looks like". */
  | { readonly kind: 'other'; readonly looksLike?: string }

/** Number of bytes at the beginning of a file that {@link readBinaryFormat} needs. */
export const formatBytes = 4_096

const elfMachines: Readonly<Record<number, string>> = {
  3: '386',
  8: 'mips',
  20: 'ppc',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
}
const elfSystems: Readonly<Record<number, string>> = { 2: 'netbsd', 6: 'solaris', 9: 'freebsd', 12: 'openbsd' }
const machProcessors: Readonly<Record<number, string>> = {
  7: '386',
  12: 'arm',
  0x01000007: 'amd64',
  0x0100000c: 'arm64',
}

/** Reads the header of an executable file from its first {@link formatBytes} bytes. Never throws. */
export function readBinaryFormat(head: Uint8Array): BinaryFormat {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (startsWith(head, [0x23, 0x21])) return { kind: 'script' }
  if (startsWith(head, [0x7f, 0x45, 0x4c, 0x46])) return elf(view) ?? cut('a program that was cut off in its header')
  if (startsWith(head, [0xcf, 0xfa, 0xed, 0xfe])) return machO(view) ?? cut('a program that was cut off in its header')
  if (startsWith(head, [0xca, 0xfe, 0xba, 0xbe])) return universal(view) ?? cut('a Java class')
  if (startsWith(head, [0x4d, 0x5a]))
    return { kind: 'program', os: 'windows', arches: [], mayBeRun: true, leastSize: 0 }
  return cut(describeContent(head))
}

/** Returns why a file cannot be run on a machine, as the end of a sentence that begins with the file. */
export function unfitReason(format: BinaryFormat, size: number, machine: Machine): string | undefined {
  if (format.kind === 'script') return undefined
  if (format.kind === 'other')
    return `is not a program${format.looksLike === undefined ? '' : `: it looks like ${format.looksLike}`}`
  const { os, arches, mayBeRun, leastSize } = format
  if (os !== machine.os || !arches.includes(machine.arch))
    return `is for ${arches.length === 0 ? os : arches.map((arch) => `${os}/${arch}`).join(', ')}, and this machine is ${machine.os}/${machine.arch}`
  if (!mayBeRun) return 'is a library or an object file, not a program'
  return size < leastSize
    ? `was cut off: it has ${size} bytes, and its header lists parts up to ${leastSize}`
    : undefined
}

function cut(looksLike: string | undefined): BinaryFormat {
  return looksLike === undefined ? { kind: 'other' } : { kind: 'other', looksLike }
}

function elf(view: DataView): BinaryFormat | undefined {
  if (view.byteLength < 64) return undefined
  const isWide = view.getUint8(4) === 2
  const isLittle = view.getUint8(5) === 1
  const short = (at: number): number => view.getUint16(at, isLittle)
  const type = short(16)
  const word = (at: number): number => (isWide ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle))
  const [sections, each, count] = isWide ? [word(40), short(58), short(60)] : [word(32), short(46), short(48)]
  return {
    kind: 'program',
    os: elfSystems[view.getUint8(7)] ?? 'linux',
    arches: [elfArch(short(18), { isWide, isLittle })],
    // Executables, and position-independent ones: a library has no entry point.
    mayBeRun: type === 2 || (type === 3 && word(24) !== 0),
    leastSize: Math.max(sections === 0 ? 0 : sections + each * count, endOfSegments(view, { isWide, isLittle, word })),
  }
}

interface ElfReading {
  readonly isWide: boolean
  readonly isLittle: boolean
  /** Reads an address or an offset. */
  readonly word: (at: number) => number
}

/** Returns where the last loaded part ends, among those listed in the beginning of the file. */
function endOfSegments(view: DataView, { isWide, isLittle, word }: ElfReading): number {
  const [list, each, count] = isWide
    ? [word(32), view.getUint16(54, isLittle), view.getUint16(56, isLittle)]
    : [word(28), view.getUint16(42, isLittle), view.getUint16(44, isLittle)]
  const least = isWide ? 56 : 32
  const [from, size] = isWide ? [8, 32] : [4, 16]
  let end = 0
  if (list === 0 || each < least) return end
  for (let index = 0, at = list; index < count && at + least <= view.byteLength; index += 1, at += each)
    end = Math.max(end, word(at + from) + word(at + size))
  return end
}

function elfArch(
  machine: number,
  { isWide, isLittle }: { readonly isWide: boolean; readonly isLittle: boolean },
): string {
  const arch = elfMachines[machine] ?? `processor ${machine}`
  if (arch === 'ppc64') return isLittle ? 'ppc64le' : 'ppc64'
  if (arch === 'mips') return `mips${isWide ? '64' : ''}${isLittle ? 'le' : ''}`
  return arch
}

function machO(view: DataView): BinaryFormat | undefined {
  if (view.byteLength < 32) return undefined
  const isProgram = view.getUint32(12, true) === 2
  return {
    kind: 'program',
    os: 'darwin',
    arches: [machArch(view.getUint32(4, true))],
    mayBeRun: isProgram,
    leastSize: endOfCommands(view),
  }
}

const machSegment = 0x19

/** Returns where the last loaded part ends, among those listed in the beginning of the file. */
function endOfCommands(view: DataView): number {
  const count = view.getUint32(16, true)
  let end = 0
  for (let index = 0, at = 32; index < count && at + 72 <= view.byteLength; index += 1) {
    const length = view.getUint32(at + 4, true)
    if (view.getUint32(at, true) === machSegment)
      end = Math.max(end, Number(view.getBigUint64(at + 40, true)) + Number(view.getBigUint64(at + 48, true)))
    if (length === 0) break
    at += length
  }
  return end
}

// Maximum number of architectures. A Java class has the same first bytes, and its version in the place of the count.
const mostArches = 20

function universal(view: DataView): BinaryFormat | undefined {
  const count = view.byteLength < 8 ? 0 : view.getUint32(4)
  if (count === 0 || count > mostArches || view.byteLength < 8 + count * 20) return undefined
  const entries = Array.from({ length: count }, (_, index) => 8 + index * 20)
  return {
    kind: 'program',
    os: 'darwin',
    arches: entries.map((at) => machArch(view.getUint32(at))),
    mayBeRun: true,
    leastSize: Math.max(...entries.map((at) => view.getUint32(at + 8) + view.getUint32(at + 12))),
  }
}

function machArch(processor: number): string {
  return machProcessors[processor] ?? `processor ${processor}`
}

function describeContent(head: Uint8Array): string | undefined {
  if (head.length === 0) return 'nothing: it is empty'
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return 'a zip archive'
  if (startsWith(head, [0x1f, 0x8b])) return 'a gzip archive'
  const text = new TextDecoder().decode(head.subarray(0, 200)).trimStart().toLowerCase()
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) return 'a web page'
  return text.startsWith('version https://git-lfs') ? 'a pointer of Git LFS' : undefined
}

function startsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, index) => head[index] === byte)
}
