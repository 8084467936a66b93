import type { Sealer } from '../../keyring/seal/sealer.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { type SecretWish, secretFor } from '../secrets/rotate.ts'
import { keepSecret } from '../secrets/seals.ts'
import { writeSecret } from '../secrets/secret.ts'
import { type DraftFault, type Judges, judgeDraft } from './draft.ts'
import { type Endpoint, type EndpointDraft, endpointId } from './endpoint.ts'
import { inLogOf, snapshotOf } from './event.ts'
import type { Acting, Authority, RecordWebhookEvent } from './ports.ts'
import type { Whose } from './scope.ts'
import { countEndpoints, type EndpointTx, holdEndpointsOf, insertEndpoint } from './store.ts'

export interface NewEndpoint extends EndpointDraft {
  readonly organisation: Whose
  readonly secret?: SecretWish
}

export interface AddedEndpoint {
  readonly endpoint: Endpoint
  /** To be shown once: nothing can bring it back. */
  readonly secret: Secret<string>
}

export type AddFault =
  | DraftFault
  | { readonly reason: 'not-allowed' | 'secret-invalid' }
  | { readonly reason: 'too-many'; readonly most: number }

interface AddDeps<By extends Acting> extends Judges {
  readonly settings: { readonly mostPerOrganisation: number; readonly mostOfInstance: number }
  readonly sealer: Pick<Sealer, 'seal' | 'open'>
  readonly record: RecordWebhookEvent<By>
  readonly clock: Clock
}

/** Counted behind a lock: of two that would be one too many, one is refused. */
export const addEndpoint =
  <By extends Acting>(deps: AddDeps<By>) =>
  async (
    tx: EndpointTx,
    by: By,
    authority: Authority,
    { organisation, secret: wish, ...draft }: NewEndpoint,
  ): Promise<Result<AddedEndpoint, AddFault>> => {
    const { settings, record, clock } = deps
    const judged = judgeDraft(deps, authority, draft)
    if (!judged.ok) return judged
    const secret = secretFor(wish)
    if (!secret) return fail({ reason: 'secret-invalid' })
    const most = organisation === null ? settings.mostOfInstance : settings.mostPerOrganisation
    await holdEndpointsOf(tx, organisation)
    if ((await countEndpoints(tx, organisation)) >= most) return fail({ reason: 'too-many', most })
    const endpoint: Endpoint = {
      ...judged.value,
      id: endpointId.generate(),
      organisation,
      createdAt: clock.now(),
      disabledAt: null,
      disabledBecause: null,
    }
    await insertEndpoint(tx, endpoint)
    await keepSecret(deps, tx, endpoint, secret)
    await record(tx, inLogOf(by, endpoint), {
      action: 'webhook.created',
      target: endpoint.id,
      after: { public: snapshotOf(endpoint) },
    })
    return ok({ endpoint, secret: writeSecret(secret) })
  }
