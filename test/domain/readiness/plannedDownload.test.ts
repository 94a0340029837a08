import { describe, expect, it } from 'vitest'
import { downloadFor, infoAddress } from '../../../src/domain/readiness/plannedDownload.js'

const machine = { os: 'linux', arch: 'amd64' }
const sum = 'ab'.repeat(32)
const planned = (binaries: Readonly<Record<string, string>>): ReturnType<typeof downloadFor> =>
  downloadFor({ name: 'v2', height: 9, info: { binaries } }, machine)
const found = (url: string): object => {
  const finding = planned({ 'linux/amd64': url })
  if (finding.kind !== 'download') return finding
  const { url: asked, platform: _, ...rest } = finding.download
  return { ...rest, url: asked.href }
}

describe('the download of a plan', () => {
  it('is the one for this machine, else the one for any', () => {
    const any = 'https://a.example/any'
    const own = 'https://a.example/own'
    expect(planned({ any, 'linux/amd64': own })).toMatchObject({ download: { platform: 'linux/amd64' } })
    expect(planned({ any, 'darwin/arm64': own })).toMatchObject({ download: { platform: 'any' } })
    expect(planned({ 'darwin/arm64': own })).toStrictEqual({ kind: 'none', named: ['darwin/arm64'] })
    expect(downloadFor({ name: 'v2', height: 9, info: 'see the forum' }, machine)).toStrictEqual({
      kind: 'none',
      named: [],
    })
  })

  it('has a URL without the parameters that say how to read it', () => {
    expect(
      found(`https://a.example/d?token=1&checksum=sha256:${sum.toUpperCase()}&archive=zip&filename=x`),
    ).toStrictEqual({
      url: 'https://a.example/d?token=1&filename=x',
      checksum: { type: 'sha256', hex: sum },
      archive: 'zip',
    })
  })

  it('has a checksum whose kind is named or known from its length', () => {
    expect(found(`https://a.example/d?checksum=${'c'.repeat(128)}`)).toMatchObject({ checksum: { type: 'sha512' } })
    expect(found(`https://a.example/d?checksum=md5:${'c'.repeat(32)}`)).toMatchObject({ checksum: { type: 'md5' } })
    expect(found(`https://a.example/d?checksum=SHA256:${sum}`)).toMatchObject({
      checksum: { type: 'sha256', hex: sum },
    })
    expect(found('https://a.example/d?checksum=file:https://a.example/SHA256SUMS')).toStrictEqual({
      url: 'https://a.example/d',
    })
  })

  it.each([
    ['sha256:abc', 'has a checksum that cannot be read'],
    [`sha1:${sum}`, 'has a checksum that cannot be read'],
    [`sha256:${sum}&checksum=sha256:${sum}`, 'has more than one checksum'],
  ])('is unusable with the checksum %s', (checksum, problem) => {
    expect(found(`https://a.example/d?checksum=${checksum}`)).toMatchObject({ kind: 'unusable', problem })
  })

  it.each(['ftp://a.example/d', 'git::https://a.example/d', '/etc/passwd', 'https://a.example/a b', 'file:///d'])(
    'is unusable if its address is %s',
    (url) => {
      expect(found(url)).toMatchObject({ kind: 'unusable', problem: 'is not an http or https address' })
    },
  )

  it.each([
    ['d.tar.gz', 'tar.gz'],
    ['d.tgz', 'tar.gz'],
    ['d.TGZ', undefined],
    ['d?archive=tgz', 'tar.gz'],
    ['d.zip', 'zip'],
    ['d.gz', 'gz'],
    ['d.tar.xz', 'tar.xz'],
    ['d-v1.2.3', undefined],
    ['d.zip?archive=false', undefined],
    ['d.zip?archive=0', undefined],
    ['d.zip?archive=true', undefined],
    ['d.zip?archive=', 'zip'],
  ])('of %s has the archive kind %s', (path, archive) => {
    expect(found(`https://a.example/${path}`)).toMatchObject(archive === undefined ? {} : { archive })
    expect('archive' in found(`https://a.example/${path}`)).toBe(archive !== undefined)
  })

  it('reads the directory within an archive after two slashes', () => {
    expect(found('https://a.example/d.tar.gz//chain_1.2_linux/')).toStrictEqual({
      url: 'https://a.example/d.tar.gz',
      archive: 'tar.gz',
      subdirectory: 'chain_1.2_linux',
    })
  })
})

describe('infoAddress', () => {
  it('returns the address if the info is nothing else', () => {
    expect(infoAddress({ info: ' https://a.example/plan.json ' })?.href).toBe('https://a.example/plan.json')
    expect(infoAddress({ info: 'https://a.example/x and more' })).toBeUndefined()
    expect(infoAddress({ info: { binaries: {} } })).toBeUndefined()
  })
})
