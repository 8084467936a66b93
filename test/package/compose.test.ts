import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readText } from './manifest.ts'

const service = z.object({
  image: z.string(),
  init: z.boolean().default(false),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  stop_grace_period: z.string().optional(),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
})
const network = z.object({ ipam: z.object({ config: z.array(z.object({ subnet: z.string() })) }) })
const composition = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), network).default({}),
  volumes: z.record(z.string(), z.null()),
})

const folder = 'examples/compose'
const read = (file: string) => composition.parse(parse(readText(`${folder}/${file}`)))
const base = read('compose.yaml')
const hearthkey = service.parse(base.services['hearthkey'])

describe('the compose example', () => {
  it('[DRP-9] believes a forwarded address from the network of its proxy alone', () => {
    const [front] = base.networks['front']?.ipam.config ?? []
    expect(hearthkey.environment['TRUSTED_PROXIES']).toBe(front?.subnet)
    expect(hearthkey.networks).toEqual(['front'])
  })

  it('[MOS-1] keeps keys and data in volumes of their own', () => {
    expect(hearthkey.volumes).toEqual(['data:/data', 'keys:/keys'])
    expect(Object.keys(base.volumes)).toEqual(['data', 'keys'])
  })

  it('can be reached through the proxy only, at an issuer under https', () => {
    expect(hearthkey.ports).toEqual([])
    expect(hearthkey.environment['ISSUER_URL']).toMatch(/^https:/)
  })

  it('stops after it has finished, and says by its own command whether it is well', () => {
    expect(hearthkey.healthcheck?.test).toEqual(['CMD', 'hearthkey', 'healthcheck'])
    expect(hearthkey.init).toBe(true)
    expect(Number.parseInt(hearthkey.stop_grace_period ?? '0', 10)).toBeGreaterThanOrEqual(30)
  })
})

describe.each([
  ['Traefik', 'compose.traefik.yaml', 'traefik'],
  ['Caddy', 'compose.caddy.yaml', 'caddy'],
] as const)('[MON-14] %s in front', (_name, file, name) => {
  const composed = read(file)
  const proxy = service.parse(composed.services[name])

  it('takes plain HTTP and HTTPS, and waits for a server that is well', () => {
    expect(Object.keys(composed.services)).toEqual([name])
    expect(proxy.ports.slice(0, 2)).toEqual(['80:80', '443:443'])
    expect(proxy.networks).toEqual(['front'])
    expect(proxy.depends_on).toEqual({ hearthkey: { condition: 'service_healthy' } })
  })

  it('needs no power on the host: no socket of Docker, one capability', () => {
    expect(proxy.volumes.filter((volume) => volume.includes('docker.sock'))).toEqual([])
    expect(proxy.cap_add).toEqual(['NET_BIND_SERVICE'])
  })

  it('keeps its certificates over a restart', () => {
    const kept = proxy.volumes.map((volume) => volume.split(':')[0] ?? '').filter((from) => !from.startsWith('./'))
    expect(Object.keys(composed.volumes)).toEqual(kept)
    expect(kept.length).toBeGreaterThan(0)
  })
})

describe('[MON-14] [MOS-2] certificates come by themselves, plain HTTP is redirected, TLS is 1.3', () => {
  it('with Traefik', () => {
    const { command } = service.parse(read('compose.traefik.yaml').services['traefik'])
    expect(command).toContain('--entrypoints.plain.http.redirections.entrypoint.to=secure')
    expect(command).toContain('--entrypoints.plain.http.redirections.entrypoint.scheme=https')
    expect(command).toContain('--certificatesresolvers.acme.acme.tlschallenge=true')
    expect(parse(readText(`${folder}/traefik.yaml`))).toMatchObject({
      http: {
        routers: { hearthkey: { entryPoints: ['secure'], tls: { certResolver: 'acme' } } },
        services: { hearthkey: { loadBalancer: { servers: [{ url: 'http://hearthkey:3000' }] } } },
      },
      tls: { options: { default: { minVersion: 'VersionTLS13' } } },
    })
  })

  it('with Caddy, which does the first two unasked', () => {
    const caddyfile = readText(`${folder}/Caddyfile`)
    expect(caddyfile).toMatch(/^\{\$HEARTHKEY_DOMAIN\} \{$/m)
    expect(caddyfile).toContain('protocols tls1.3')
    expect(caddyfile).toContain('reverse_proxy hearthkey:3000')
    expect(caddyfile).not.toMatch(/auto_https|trusted_proxies/)
  })
})
