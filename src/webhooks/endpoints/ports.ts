import type { InstanceTx, OrgTx } from '../../db/transaction.ts'
import type { Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { Endpoint, EndpointId } from './endpoint.ts'
import type { EndpointTx } from './store.ts'

/** Who asks, as the edge has proven it. */
export interface Acting {
  readonly actor: { readonly kind: string; readonly id?: string }
  readonly organisation?: Id<'org'>
}

/** On whose authority something is done. */
export interface Authority {
  allows(permission: 'webhooks.manage' | 'audit.read'): boolean
  /** Not of a member: what the instance has is its alone. */
  readonly isOfInstance: boolean
}

/** From here on nobody changes who works there, as what, until the transaction ends. Undefined: there is no such organisation. */
export type HoldOrganisation = (tx: OrgTx, organisation: Id<'org'>) => Promise<unknown>

/** What waited while an endpoint was disabled is sent. */
export type ResumeDeliveries = (tx: EndpointTx, endpoint: Endpoint) => Promise<unknown>

/** Whoever looks after it: it fails, and was disabled. */
export type TellKeepers = (tx: InstanceTx, endpoint: Endpoint, at: Date) => Promise<unknown>

type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact }

export interface WebhookEvent {
  readonly action: `webhook.${'created' | 'updated' | 'removed' | 'disabled' | 'enabled' | 'secret_rotated' | 'secret_removed'}`
  readonly target: EndpointId
  readonly before?: { readonly public: Readonly<Record<string, Fact>> }
  readonly after?: { readonly public: Readonly<Record<string, Fact>> }
}

export type RecordWebhookEvent<By> = (tx: Tx, by: By, event: WebhookEvent) => Promise<unknown>
