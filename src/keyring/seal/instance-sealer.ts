import { Secret } from '../../lib/secret.ts'
import type { InstanceKeys } from '../data-keys/instance-keys.ts'
import { dataKeyOf, open, seal, sealBroken } from './sealed.ts'
import type { AssertRegistered } from './sealed-columns.ts'
import type { Sealer } from './sealer.ts'

export function instanceSealer(keys: InstanceKeys, assertRegistered: AssertRegistered): Sealer {
  const openAny: Sealer['open'] = async (place, sealed) => {
    const id = dataKeyOf(sealed)
    if (id === undefined) throw sealBroken()
    return open(await keys.find(id), place, sealed)
  }
  return {
    seal: (place, plaintext) => {
      assertRegistered('instance', place.table, place.column)
      return seal(keys.currentSealKey(), place, plaintext)
    },
    open: openAny,
    openText: async (place, sealed) => asText(await openAny(place, sealed)),
  }
}

export function asText(opened: Secret<Buffer>): Secret<string> {
  const bytes = opened.reveal()
  const text = new Secret(bytes.toString('utf8'))
  bytes.fill(0)
  return text
}
