import { defineId } from '../../lib/ids.ts'
import type { MemberId } from './membership.ts'

const userId = defineId('usr')
const serviceAccountId = defineId('sva')

export type MemberKind = 'person' | 'service'

export const kindOf = (member: MemberId): MemberKind => (userId.is(member) ? 'person' : 'service')

export const memberUuid = (member: MemberId): string =>
  userId.is(member) ? userId.toUuid(member) : serviceAccountId.toUuid(member)

export const memberFrom = (kind: string, uuid: string): MemberId =>
  kind === 'person' ? userId.fromUuid(uuid) : serviceAccountId.fromUuid(uuid)

export const isMemberId = (text: string): text is MemberId => userId.is(text) || serviceAccountId.is(text)
