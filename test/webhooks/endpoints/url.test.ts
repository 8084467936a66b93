import { describe, expect, it } from 'vitest'
import { createOutgoingClient } from '../../../src/http/outgoing/outgoing-client.ts'
import { judgingUrls } from '../../../src/webhooks/endpoints/url.ts'
import { workSince } from '../../support/work.ts'

const judge = (url: string, allow: readonly string[] = []) => {
  const judged = judgingUrls(allow)(url)
  return judged.ok ? judged.value : judged.error
}

const inward = [
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '0',
  '10.0.0.8',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '198.18.0.1',
  '192.0.2.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '１２７.０.０.１',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[0:0:0:0:0:ffff:7f00:1]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'hooks.localhost',
  '127.0.0.1.',
]

describe('the address of a webhook', () => {
  it.each([
    ['https://hooks.example.com/in', 'https://hooks.example.com/in'],
    ['https://hooks.example.com', 'https://hooks.example.com/'],
    ['HTTPS://Hooks.Example.COM:8443/In?a=b', 'https://hooks.example.com:8443/In?a=b'],
    ['https://93.184.216.34/in', 'https://93.184.216.34/in'],
    ['https://[2606:2800:220:1::1]/in', 'https://[2606:2800:220:1::1]/in'],
    ['https://[64:ff9b::5db8:d822]/in', 'https://[64:ff9b::5db8:d822]/in'],
    ['https://bücher.example/in', 'https://xn--bcher-kva.example/in'],
  ])('%s is taken', (url, stored) => {
    expect(judge(url)).toBe(stored)
  })

  it.each(inward)('[TOS-5] https://%s leads inwards, and is refused', (host) => {
    expect(judge(`https://${host}/in`)).toBe('address-refused')
  })

  it.each(inward)('[TOS-5] http://%s too', (host) => {
    expect(judge(`http://${host}/in`)).toBe('address-refused')
  })

  it.each(inward)('what is refused here, https://%s, is refused at connect', async (host) => {
    // Nothing is connected to: where a name is looked up, it is answered by the loopback that it stands for.
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const client = createOutgoingClient({ allow: [], timeout: 1000, maxBytes: 1000, resolve })
    const answer = await client.send({ method: 'POST', url: `https://${host}/in`, body: '{}' })
    await client.close()
    expect(answer).toEqual({ ok: false, error: { reason: 'address-refused' } })
  })

  it.each([
    ['http://hooks.example.com/in', 'plain-http'],
    ['http://93.184.216.34/in', 'plain-http'],
    ['https://ada@hooks.example.com/', 'credentials'],
    ['https://ada:secret@hooks.example.com/', 'credentials'],
    ['https://:secret@hooks.example.com/', 'credentials'],
    ['https://hooks.example.com/#part', 'fragment'],
    ['https://hooks.example.com/#', 'fragment'],
    ['ftp://hooks.example.com/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['data:text/plain,x', 'scheme'],
    ['gopher://hooks.example.com/', 'scheme'],
    ['ws://hooks.example.com/', 'scheme'],
    ['hooks.example.com/in', 'no-url'],
    ['//hooks.example.com/in', 'no-url'],
    ['https://', 'no-url'],
    ['https://hooks example.com/', 'no-url'],
    ['https://256.256.256.256/', 'no-url'],
    ['https://[::1/', 'no-url'],
    ['', 'no-url'],
    [`https://hooks.example.com/${'x'.repeat(2000)}`, 'too-long'],
    // Short as it is written, and not as it is stored.
    [`https://hooks.example.com/${'ü'.repeat(700)}`, 'too-long'],
  ])('%s is refused', (url, why) => {
    expect(judge(url)).toBe(why)
  })

  it('[TOS-5] a megabyte is refused by its length, before anything reads it', () => {
    const huge = `https://hooks.example.com/${'x'.repeat(1_000_000)}`
    const work = workSince()
    expect(judge(huge)).toBe('too-long')
    expect(work()).toBeLessThan(50)
  })

  it('where the operator allowed a range, it may be there, and over plain http', () => {
    const allow = ['10.20.0.0/16', 'fd00::/8']
    expect(judge('http://10.20.3.4:9000/in', allow)).toBe('http://10.20.3.4:9000/in')
    expect(judge('https://10.20.3.4/in', allow)).toBe('https://10.20.3.4/in')
    expect(judge('http://[fd00::7]/in', allow)).toBe('http://[fd00::7]/in')
    // The same network, written within IPv6.
    expect(judge('http://[::ffff:10.20.3.4]/in', allow)).toBe('http://[::ffff:a14:304]/in')
    expect(judge('http://10.21.0.1/in', allow)).toBe('address-refused')
    expect(judge('http://127.0.0.1/in', allow)).toBe('address-refused')
    expect(judge('http://93.184.216.34/in', allow)).toBe('plain-http')
    expect(judge('http://localhost:9000/in', ['127.0.0.0/8'])).toBe('http://localhost:9000/in')
  })

  it('a name over plain http is judged at connect where there is a range that it may lead into', () => {
    expect(judge('http://invoices.internal/in', ['10.20.0.0/16'])).toBe('http://invoices.internal/in')
    expect(judge('http://invoices.internal/in')).toBe('plain-http')
  })
})
