import type { Asked } from '../../db/asked.ts'
import type { Db } from '../../db/types.ts'
import type { Sealer } from '../../keyring/seal/sealer.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import {
  endFormerSecret,
  type RotatedSecret,
  type Rotation,
  type RotationFault,
  rotateSecret,
} from '../secrets/rotate.ts'
import { liveSecrets } from '../secrets/store.ts'
import { type AddedEndpoint, type AddFault, addEndpoint, type NewEndpoint } from './add.ts'
import { judgingChoices } from './choice.ts'
import { type DraftFault, judgeDraft } from './draft.ts'
import type { Endpoint, EndpointDraft, EndpointId } from './endpoint.ts'
import { difference, inLogOf } from './event.ts'
import type { Acting, Authority, HoldOrganisation, RecordWebhookEvent, ResumeDeliveries } from './ports.ts'
import { removeEndpoint } from './remove.ts'
import { scopes, type Whose } from './scope.ts'
import {
  type EndpointsPage,
  type EndpointTx,
  endpointOf,
  forgetFailures,
  type Health,
  healthOf,
  listEndpoints,
  lockEndpoint,
  markDisabled,
  markEnabled,
  recordedEndpointOf,
  updateEndpoint,
} from './store.ts'
import { judgingUrls } from './url.ts'

export interface EndpointPlace {
  readonly organisation: Whose
  readonly id: EndpointId
}

export interface Standing extends Health {
  readonly endpoint: Endpoint
  /** While two secrets sign. */
  readonly formerSecretEndsAt: Date | null
}

/** Of what somebody may not look after they do not learn whether it is there. */
type Missing = { readonly reason: 'not-found' }
export type UpdateFault = DraftFault | Missing
export type RotateFault = Missing | { readonly reason: RotationFault }

/** `By`: who asks and from where. */
export interface Endpoints<By> {
  add(by: By, authority: Asked<Authority>, endpoint: NewEndpoint): Promise<Result<AddedEndpoint, AddFault>>
  find(authority: Authority, endpoint: EndpointPlace): Promise<Endpoint | undefined>
  /** Along with how it fares. */
  standing(authority: Authority, endpoint: EndpointPlace): Promise<Standing | undefined>
  /** Whose it is, or was: for the instance's own authority, which need not know. */
  placeOf(authority: Authority, id: EndpointId): Promise<EndpointPlace | undefined>
  /** In the order in which they were added. */
  list(authority: Authority, page: EndpointsPage): Promise<Endpoint[]>
  update(
    by: By,
    authority: Asked<Authority>,
    endpoint: EndpointPlace,
    wish: Partial<EndpointDraft>,
  ): Promise<Result<Endpoint, UpdateFault>>
  /** A new one instead, shown once; messages are signed with the former one as well for the overlap. */
  rotateSecret(
    by: By,
    authority: Asked<Authority>,
    endpoint: EndpointPlace,
    rotation: Rotation,
  ): Promise<Result<RotatedSecret, RotateFault>>
  /** Ends the overlap of a rotation. */
  removeFormerSecret(
    by: By,
    authority: Asked<Authority>,
    endpoint: EndpointPlace,
  ): Promise<Result<Endpoint, 'not-found' | 'no-former'>>
  /** Nothing is sent to it, and of what happens meanwhile it is not told. */
  disable(
    by: By,
    authority: Asked<Authority>,
    endpoint: EndpointPlace,
  ): Promise<Result<Endpoint, 'not-found' | 'already'>>
  /** What waits for it goes on, and what it failed before counts no longer. */
  enable(
    by: By,
    authority: Asked<Authority>,
    endpoint: EndpointPlace,
  ): Promise<Result<Endpoint, 'not-found' | 'already'>>
  /** What waits for it is discarded; the log of deliveries stays as long as it stays. */
  remove(by: By, authority: Asked<Authority>, endpoint: EndpointPlace): Promise<Result<Endpoint, 'not-found'>>
}

export interface EndpointsDeps<By> {
  readonly db: Db
  readonly owner: Db
  /** Every action that there is. */
  readonly actions: readonly string[]
  /** Where the operator lets requests go besides the public network. */
  readonly allowed: readonly string[]
  readonly settings: {
    readonly overlap: number
    readonly mostPerOrganisation: number
    readonly mostOfInstance: number
  }
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  readonly hold: HoldOrganisation
  readonly resume: ResumeDeliveries
  readonly record: RecordWebhookEvent<By>
  readonly clock: Clock
}

export function createEndpoints<By extends Acting>(deps: EndpointsDeps<By>): Endpoints<By> {
  const { resume, record, clock } = deps
  const { read, change } = scopes(deps)
  const judges = { judgeUrl: judgingUrls(deps.allowed), judgeChoice: judgingChoices(deps.actions) }
  const add = addEndpoint<By>({ ...deps, ...judges })
  const rotate = rotateSecret<By>(deps)
  const remove = removeEndpoint<By>(record)
  const endFormer = endFormerSecret<By>(deps)

  /** Locked, so that of two changes the second sees what the first has done. */
  const changing = <T, E>(
    asked: Asked<Authority>,
    { organisation, id }: EndpointPlace,
    missing: E,
    work: (tx: EndpointTx, endpoint: Endpoint, authority: Authority) => Promise<Result<T, E>>,
  ): Promise<Result<T, E>> =>
    change<T, E>(organisation, asked, missing, async (tx, authority) => {
      const endpoint = await lockEndpoint(tx, id)
      // The scope of the instance sees those of organisations too.
      return endpoint?.organisation === organisation ? work(tx, endpoint, authority) : fail(missing)
    })

  return {
    add: (by, asked, wish) =>
      change<AddedEndpoint, AddFault>(wish.organisation, asked, { reason: 'not-allowed' }, (tx, authority) =>
        add(tx, by, authority, wish),
      ),
    find: (authority, { organisation, id }) =>
      read(organisation, authority, async (tx) => {
        const endpoint = await endpointOf(tx, id)
        return endpoint?.organisation === organisation ? endpoint : undefined
      }),
    standing: (authority, { organisation, id }) =>
      read(organisation, authority, async (tx) => {
        const endpoint = await endpointOf(tx, id)
        if (endpoint?.organisation !== organisation) return undefined
        const [, former] = await liveSecrets(tx, id, clock.now())
        return { endpoint, formerSecretEndsAt: former?.expiresAt ?? null, ...(await healthOf(tx, id)) }
      }),
    placeOf: (authority, id) =>
      read(null, authority, async (tx) => {
        const endpoint = await recordedEndpointOf(tx, id)
        return endpoint && { organisation: endpoint.organisation, id }
      }),
    list: async (authority, page) => (await read(page.organisation, authority, (tx) => listEndpoints(tx, page))) ?? [],
    update: (by, asked, place, wish) =>
      changing<Endpoint, UpdateFault>(asked, place, { reason: 'not-found' }, async (tx, former, authority) => {
        const { name, url, events, personal } = former
        const judged = judgeDraft(judges, authority, { name, url, events, personal, ...wish })
        if (!judged.ok) return judged
        const endpoint = { ...former, ...judged.value }
        const { changed, before, after } = difference(former, endpoint)
        if (!changed) return ok(former)
        await updateEndpoint(tx, former.id, endpoint)
        // What was not taken elsewhere says nothing of whoever is there.
        if (endpoint.url !== former.url) await forgetFailures(tx, former.id)
        await record(tx, inLogOf(by, former), { action: 'webhook.updated', target: former.id, before, after })
        return ok(endpoint)
      }),
    rotateSecret: (by, asked, place, rotation) =>
      changing<RotatedSecret, RotateFault>(asked, place, { reason: 'not-found' }, async (tx, endpoint) => {
        const rotated = await rotate(tx, by, endpoint, rotation)
        return rotated.ok ? rotated : fail({ reason: rotated.error })
      }),
    removeFormerSecret: (by, asked, place) =>
      changing<Endpoint, 'not-found' | 'no-former'>(asked, place, 'not-found', (tx, endpoint) =>
        endFormer(tx, by, endpoint),
      ),
    disable: (by, asked, place) =>
      changing<Endpoint, 'not-found' | 'already'>(asked, place, 'not-found', async (tx, former) => {
        if (former.disabledAt) return fail('already')
        const endpoint: Endpoint = { ...former, disabledAt: clock.now(), disabledBecause: 'by-hand' }
        await markDisabled(tx, former.id, 'by-hand', clock.now())
        const { before, after } = difference(former, endpoint)
        await record(tx, inLogOf(by, former), { action: 'webhook.disabled', target: former.id, before, after })
        return ok(endpoint)
      }),
    enable: (by, asked, place) =>
      changing<Endpoint, 'not-found' | 'already'>(asked, place, 'not-found', async (tx, former) => {
        if (!former.disabledAt) return fail('already')
        const endpoint: Endpoint = { ...former, disabledAt: null, disabledBecause: null }
        await markEnabled(tx, former.id)
        await forgetFailures(tx, former.id)
        const { before, after } = difference(former, endpoint)
        await record(tx, inLogOf(by, former), { action: 'webhook.enabled', target: former.id, before, after })
        await resume(tx, endpoint)
        return ok(endpoint)
      }),
    remove: (by, asked, place) =>
      changing<Endpoint, 'not-found'>(asked, place, 'not-found', async (tx, endpoint) => {
        await remove(tx, by, endpoint, clock.now())
        return ok(endpoint)
      }),
  }
}
