import ipaddr from 'ipaddr.js'
import { AppError } from '../../errors/app-error.ts'
import { type Address, parseIp } from './ip.ts'

export type Networks = (address: Address) => boolean

type Network = [Address, number]

function parseNetwork(text: string): Network {
  const [ip = '', bits] = text.split('/', 2)
  const address = parseIp(ip)
  if (address !== undefined && bits === undefined) return [address, address.kind() === 'ipv4' ? 32 : 128]
  try {
    return ipaddr.parseCIDR(text)
  } catch (cause) {
    throw new AppError('config-invalid', {
      detail: `${text} is neither an address nor a network like 10.0.0.0/8.`,
      cause,
    })
  }
}

/** Whether an address lies in one of the networks an operator wrote down. */
export function networks(texts: readonly string[]): Networks {
  const list = texts.map(parseNetwork)
  return (address) => list.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits))
}
