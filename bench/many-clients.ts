import { generateKeyPairSync } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Provider } from 'oidc-provider'
import { Secret } from '../src/lib/secret.ts'
import type { Client } from '../src/oidc/clients/client.ts'
import { plan } from '../src/oidc/clients/registration.ts'
import { clientSecrets } from '../src/oidc/clients/secret.ts'
import { ownClients } from '../src/oidc/engine/engine-clients.ts'
import { createKnown } from '../src/oidc/known.ts'
import { timesPerCpuSecond } from './machine/work.ts'
import type { Bench, Figure } from './support/figures.ts'
import { interleave } from './support/interleave.ts'

const ROUNDS = 5
const MANY = 10_000
const clock = { now: () => new Date() }
const listener = { connected: true, subscribe: async () => {} }
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** The token endpoint asks for its client at each request: by the engine's own means the schema is built anew past a hundred. */
export const manyClients: Bench = {
  promise: 'To find an application costs the same whether there are one or ten thousand',
  async run(): Promise<Figure[]> {
    const { provider, ids } = await open()
    const [first = ''] = ids
    collect()
    const before = process.memoryUsage().heapUsed
    for (const id of ids) await provider.Client.find(id)
    collect()
    const bytes = (process.memoryUsage().heapUsed - before) / MANY
    let turn = 0
    const measured = await interleave(ROUNDS, {
      one: () => timesPerCpuSecond(1, () => provider.Client.find(first)),
      many: () => timesPerCpuSecond(1, () => provider.Client.find(ids[turn++ % MANY])),
    })
    const ratios = measured.many.map((many, round) => many / (measured.one[round] ?? Number.NaN))
    return [
      { name: 'look-ups, 10,000 in turn / one alone', unit: 'per CPU s', samples: ratios, bound: { atLeast: 0.3 } },
      { name: '  of one', unit: 'µs', samples: measured.one.map((times) => 1e6 / times) },
      { name: '  of 10,000 in turn', unit: 'µs', samples: measured.many.map((times) => 1e6 / times) },
      { name: 'kept for each of them', unit: 'kB', samples: [bytes / 1000], bound: { atMost: 20 } },
    ]
  },
}

async function open() {
  const ids = Array.from({ length: MANY }, (_, index) => `client-${index}`)
  const clients = await createKnown<Client>({
    channel: 'clients',
    listener,
    clock,
    most: 50_000,
    oldestMs: 300_000,
    load: async (id) => {
      const bounds = { longestTokenLifetime: 86_400_000, certificates: { read: false, verified: false } }
      const planned = plan({ id, name: id, type: 'service', redirectUris: [] }, clock.now(), bounds)
      return planned.ok ? planned.value : undefined
    },
  })
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = new Provider('https://id.example.com', {
    adapter: () => ({}),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  })
  const secrets = clientSecrets(new Secret(Buffer.alloc(32)))
  ownClients(provider, { clients, secrets, clock, readsCertificates: false })
  return { provider, ids }
}
