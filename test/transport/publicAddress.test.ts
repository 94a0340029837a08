import { expect, it } from 'vitest'
import { isLinkLocalAddress, isPublicAddress } from '../../src/transport/publicAddress.js'

it.each(['1.1.1.1', '100.63.255.255', '172.32.0.1', '198.17.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  (address) => expect(isPublicAddress(address)).toBe(true),
)

it.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:1.1.1.1',
  '::ffff:7f00:1',
  '64:ff9b::a00:1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fe80::1%eth0',
  'ff02::1',
  'localhost',
  '',
])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))

it.each(['169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', 'fe80::1%eth0'])('%s is link-local', (address) =>
  expect(isLinkLocalAddress(address)).toBe(true),
)

it.each(['169.253.0.1', '10.0.0.1', 'fec0::1', '::1', 'a.example', ''])('%s is not link-local', (address) =>
  expect(isLinkLocalAddress(address)).toBe(false),
)
