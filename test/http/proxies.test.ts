import { describe, expect, it } from 'vitest'
import { clientAddresses } from '../../src/http/address/client-address.ts'
import { limiterKey } from '../../src/http/address/ip.ts'
import { serve, testHttp } from './support.ts'

const ipOf = (peer: string, forwardedFor: string | undefined, trusted = ['10.0.0.0/8', 'fd00::/8']) =>
  clientAddresses(trusted).clientIp({ peer, forwardedFor })

describe('[DRP-9] the address of the client', () => {
  it('is the peer’s, whatever a stranger forwards', () => {
    expect(ipOf('203.0.113.9', '1.2.3.4')).toBe('203.0.113.9')
    expect(ipOf('203.0.113.9', '1.2.3.4', [])).toBe('203.0.113.9')
  })

  it('is the nearest hop that is no proxy of ours; what it claims itself is hearsay', () => {
    expect(ipOf('10.0.0.1', '198.51.100.7')).toBe('198.51.100.7')
    expect(ipOf('10.0.0.1', '1.2.3.4, 198.51.100.7')).toBe('198.51.100.7')
    expect(ipOf('10.0.0.1', '1.2.3.4, 198.51.100.7, 10.0.0.2')).toBe('198.51.100.7')
    expect(ipOf('fd00::1', '1.2.3.4,2001:db8::7')).toBe('2001:db8::7')
  })

  it('is the last proxy’s own when the next hop is not an address', () => {
    expect(ipOf('10.0.0.1', '1.2.3.4, unknown')).toBe('10.0.0.1')
    expect(ipOf('10.0.0.1', '1.2.3.4, ')).toBe('10.0.0.1')
    expect(ipOf('10.0.0.1', '0177.0.0.1')).toBe('10.0.0.1')
    expect(ipOf('10.0.0.1', undefined)).toBe('10.0.0.1')
  })

  it('has one spelling: mapped IPv4, ports, brackets and long forms', () => {
    expect(ipOf('::ffff:203.0.113.9', undefined)).toBe('203.0.113.9')
    expect(ipOf('::ffff:10.0.0.1', '::ffff:198.51.100.7')).toBe('198.51.100.7')
    expect(ipOf('10.0.0.1', '198.51.100.7:4711')).toBe('198.51.100.7')
    expect(ipOf('10.0.0.1', '[2001:DB8:0::7]:4711')).toBe('2001:db8::7')
    expect(ipOf('10.0.0.1', '2001:0db8:0000:0000:0000:0000:0000:0007')).toBe('2001:db8::7')
  })

  it('reaches routes from a proxy, over a socket', async () => {
    for (const [trustedProxies, expected] of [
      [[], '127.0.0.1'],
      [['127.0.0.0/8'], '198.51.100.7'],
    ] as const) {
      const http = testHttp({ trustedProxies: [...trustedProxies] })
      http.app.get('/ip', (c) => c.text(c.env.exchange.clientIp))
      const server = await serve(http)
      try {
        const response = await fetch(`${server.url}/ip`, { headers: { 'x-forwarded-for': '198.51.100.7' } })
        expect(await response.text()).toBe(expected)
      } finally {
        await server.close(0)
      }
    }
  })

  it('refuses a list of proxies that is no list of networks', () => {
    expect(() => clientAddresses(['10.0.0.0/33'])).toThrow(/10\.0\.0\.0\/33/)
    expect(() => clientAddresses(['proxy.internal'])).toThrow(/proxy\.internal/)
  })
})

describe('what a limiter counts under', () => {
  it('is the /64 of an IPv6 address, since its holder can change the rest at will', () => {
    expect(limiterKey('2001:db8:1:2:aaaa::1')).toBe(limiterKey('2001:db8:1:2:bbbb:cccc:dddd:eeee'))
    expect(limiterKey('2001:db8:1:2::1')).not.toBe(limiterKey('2001:db8:1:3::1'))
    expect(limiterKey('203.0.113.9')).toBe('203.0.113.9')
  })
})

describe('behind a proxy that ends TLS', () => {
  it('sends a browser that came over plain http to https, and refuses a form sent so', async () => {
    const http = testHttp({ trustedProxies: ['127.0.0.1'] })
    http.app.all('/login', (c) => c.text('ok'))
    const server = await serve(http)
    const go = (proto: string | undefined, method = 'GET') =>
      fetch(`${server.url}/login`, {
        method,
        redirect: 'manual',
        headers: { origin: 'https://id.example.com', ...(proto !== undefined && { 'x-forwarded-proto': proto }) },
      })
    try {
      expect((await go('http')).headers.get('location')).toBe('https://id.example.com/login')
      expect((await go('https, http')).status).toBe(308)
      expect((await go('http', 'POST')).status).toBe(400)
      expect((await go('https')).status).toBe(200)
      expect((await go(undefined)).status).toBe(200)
    } finally {
      await server.close(0)
    }
  })
})
