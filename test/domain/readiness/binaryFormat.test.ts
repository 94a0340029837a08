import { openSync, readSync, statSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unfitReason, readBinaryFormat } from '../../../src/domain/readiness/binaryFormat.js'
import { type Machine, machineOf } from '../../../src/domain/readiness/machine.js'
import { elf, machO, universal } from '../../support/executables.js'

const linux: Machine = { os: 'linux', arch: 'amd64' }
const mac: Machine = { os: 'darwin', arch: 'arm64' }
const verdict = (head: Uint8Array, machine = linux, size = head.length): string | undefined =>
  unfitReason(readBinaryFormat(head), size, machine)

describe('a program', () => {
  it('is for this machine if it is the running Node', () => {
    const head = Buffer.alloc(4_096)
    readSync(openSync(process.execPath, 'r'), head)
    expect(verdict(head, machineOf(process.platform, process.arch), statSync(process.execPath).size)).toBeUndefined()
  })

  it.each([
    ['ELF', elf(), linux],
    ['position-independent ELF', elf({ type: 3 }), linux],
    ['ELF that names Linux', elf({ abi: 3 }), linux],
    ['Mach-O', machO(), mac],
    ['universal Mach-O that holds it', universal(0x01000007, 0x0100000c), mac],
    ['script', Buffer.from('#!/bin/sh\n'), mac],
  ])('is for this machine: %s', (_, head, machine) => {
    expect(verdict(head, machine, 10_000)).toBeUndefined()
  })

  it.each([
    [elf({ machine: 183 }), 'is for linux/arm64, and this machine is linux/amd64'],
    [elf({ abi: 9 }), 'is for freebsd/amd64, and this machine is linux/amd64'],
    [machO(), 'is for darwin/arm64, and this machine is linux/amd64'],
    [universal(0x01000007, 0x0100000c), 'is for darwin/amd64, darwin/arm64, and this machine is linux/amd64'],
    [Buffer.from('MZ\x90\x00'), 'is for windows, and this machine is linux/amd64'],
    [elf({ type: 1 }), 'is a library or an object file, not a program'],
    [elf({ type: 3, entry: 0 }), 'is a library or an object file, not a program'],
    [elf({ machine: 9_999 }), 'is for linux/processor 9999, and this machine is linux/amd64'],
  ])('is rejected for another machine or kind: %#', (head, said) => {
    expect(verdict(head)).toBe(said)
  })

  it.each([
    ['sections of an ELF', elf({ end: 5_000 }), linux],
    ['parts of an ELF without sections', elf({ loaded: 5_000 }), linux],
    ['parts of a Mach-O', machO(undefined, 5_000), mac],
  ])('is rejected if it is shorter than its header says: %s', (_, head, machine) => {
    expect(verdict(head, machine, 4_999)).toBe('was cut off: it has 4999 bytes, and its header lists parts up to 5000')
    expect(verdict(head, machine, 5_000)).toBeUndefined()
  })

  it('is rejected if its header is truncated', () => {
    expect(verdict(elf().subarray(0, 20))).toBe(
      'is not a program: it looks like a program that was cut off in its header',
    )
  })

  it.each([
    ['', 'is not a program: it looks like nothing: it is empty'],
    ['\n<!DOCTYPE html><title>Not found', 'is not a program: it looks like a web page'],
    ['PK\x03\x04', 'is not a program: it looks like a zip archive'],
    ['version https://git-lfs.github.com/spec/v1', 'is not a program: it looks like a pointer of Git LFS'],
    ['{}', 'is not a program'],
  ])('is rejected if it begins with %j', (text, said) => {
    expect(verdict(Buffer.from(text, 'latin1'))).toBe(said)
  })

  it('is read from any bytes without an exception', () => {
    const magics = ['7f454c46', 'cffaedfe', 'cafebabe', '2321', '4d5a', ''].map((hex) => Buffer.from(hex, 'hex'))
    const files = fc.tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 200 }))
    fc.assert(
      fc.property(files, ([magic, rest]) => {
        const file = Buffer.concat([magic, rest])
        expect(() => unfitReason(readBinaryFormat(file), file.length, linux)).not.toThrow()
      }),
    )
  })
})
