/** What an event can be about. */
export type TargetKind =
  | 'person'
  | 'key'
  | 'master_key'
  | 'data_key'
  | 'setup_link'
  | 'session'
  | 'client'
  | 'registration_token'
  | 'api'
  | 'role'
  | 'grant'
  | 'mail'
  | 'organisation'
  | 'membership'
  | 'invitation'
  | 'service_account'
  | 'api_key'
  | 'license'

interface Meaning {
  readonly target: TargetKind
}

/**
 * Every action that there is, `noun.verb` in the past tense: audit and webhooks speak the same words. A word is a
 * promise to whoever subscribes to it or searches for it: words are added, never changed.
 */
const vocabulary = {
  'key.created': { target: 'key' },
  'key.activated': { target: 'key' },
  'key.retired': { target: 'key' },
  'key.revoked': { target: 'key' },
  'key.erased': { target: 'key' },
  'master_key.rotated': { target: 'master_key' },
  'data_key.created': { target: 'data_key' },
  'data_key.rotated': { target: 'data_key' },
  'data_key.resealed': { target: 'data_key' },
  'data_key.closed': { target: 'data_key' },
  'data_key.destroyed': { target: 'data_key' },
  'person_key.created': { target: 'person' },
  'person_key.destroyed': { target: 'person' },
  'organisation.switched': { target: 'organisation' },
  'user.created': { target: 'person' },
  'user.disabled': { target: 'person' },
  'user.enabled': { target: 'person' },
  'user.locked': { target: 'person' },
  'user.unlocked': { target: 'person' },
  'user.email_verified': { target: 'person' },
  'password.set': { target: 'person' },
  'password.reset': { target: 'person' },
  'password.imported': { target: 'person' },
  'password.rehashed': { target: 'person' },
  'totp.added': { target: 'person' },
  'totp.renamed': { target: 'person' },
  'totp.removed': { target: 'person' },
  'passkey.added': { target: 'person' },
  'passkey.renamed': { target: 'person' },
  'passkey.removed': { target: 'person' },
  'passkey.used': { target: 'person' },
  'passkey.counter_went_back': { target: 'person' },
  'backup_codes.generated': { target: 'person' },
  'backup_codes.removed': { target: 'person' },
  'backup_code.used': { target: 'person' },
  'email_code.enabled': { target: 'person' },
  'email_code.disabled': { target: 'person' },
  'email_code.sent': { target: 'person' },
  'factors.reset': { target: 'person' },
  'second_factor.proven': { target: 'person' },
  'second_factor.failed': { target: 'person' },
  'browser.trusted': { target: 'person' },
  'browser.trust_ended': { target: 'person' },
  'enrolment.put_off': { target: 'person' },
  'factor_recovery.opened': { target: 'person' },
  'factor_recovery.stopped': { target: 'person' },
  'factor_recovery.used': { target: 'person' },
  'factor_recovery.expired': { target: 'person' },
  'factor_recovery.forgotten': { target: 'person' },
  'link.issued': { target: 'person' },
  'link.used': { target: 'person' },
  'link.withdrawn': { target: 'person' },
  'setup_link.issued': { target: 'setup_link' },
  'setup.completed': { target: 'setup_link' },
  'session.started': { target: 'session' },
  'session.strengthened': { target: 'session' },
  'session.ended': { target: 'session' },
  'session.forgotten': { target: 'session' },
  'sign_in.completed': { target: 'person' },
  'sign_in.failed': { target: 'person' },
  'lockout.began': { target: 'person' },
  'lockout.ended': { target: 'person' },
  'registration_token.created': { target: 'registration_token' },
  'registration_token.used': { target: 'registration_token' },
  'registration_token.returned': { target: 'registration_token' },
  'registration_token.revoked': { target: 'registration_token' },
  'client.created': { target: 'client' },
  'client.updated': { target: 'client' },
  'client.removed': { target: 'client' },
  'client.secret_added': { target: 'client' },
  'client.secret_rotated': { target: 'client' },
  'client.secret_removed': { target: 'client' },
  'client.disabled': { target: 'client' },
  'client.enabled': { target: 'client' },
  'api.created': { target: 'api' },
  'api.updated': { target: 'api' },
  'role.created': { target: 'role' },
  'role.updated': { target: 'role' },
  'role.removed': { target: 'role' },
  'consent.granted': { target: 'grant' },
  'consent.withdrawn': { target: 'person' },
  'device.approved': { target: 'grant' },
  'device.denied': { target: 'client' },
  'token.exchanged': { target: 'person' },
  'grant.revoked': { target: 'grant' },
  'grants.revoked': { target: 'person' },
  'logout_notice.failed': { target: 'client' },
  'client.sign_ins_ended': { target: 'client' },
  'organisation.sign_ins_ended': { target: 'organisation' },
  'user.email_changed': { target: 'person' },
  'user.email_change_requested': { target: 'person' },
  'user.email_change_withdrawn': { target: 'person' },
  'user.email_change_undone': { target: 'person' },
  'mail.sent': { target: 'mail' },
  'mail.failed': { target: 'mail' },
  'mail.expired': { target: 'mail' },
  'mail.revealed': { target: 'mail' },
  'mail.retried': { target: 'mail' },
  'organisation.created': { target: 'organisation' },
  'organisation.updated': { target: 'organisation' },
  'organisation.suspended': { target: 'organisation' },
  'organisation.activated': { target: 'organisation' },
  'organisation.deleted': { target: 'organisation' },
  'membership.created': { target: 'membership' },
  'membership.suspended': { target: 'membership' },
  'membership.readmitted': { target: 'membership' },
  'membership.removed': { target: 'membership' },
  'membership.roles_changed': { target: 'membership' },
  'service_account.created': { target: 'service_account' },
  'service_account.disabled': { target: 'service_account' },
  'service_account.enabled': { target: 'service_account' },
  'service_account.removed': { target: 'service_account' },
  'api_key.created': { target: 'api_key' },
  'api_key.renamed': { target: 'api_key' },
  'api_key.rotated': { target: 'api_key' },
  'api_key.revoked': { target: 'api_key' },
  'api_key.leaked': { target: 'api_key' },
  'api_key.expiry_announced': { target: 'api_key' },
  'api_key.expired': { target: 'api_key' },
  'invitation.sent': { target: 'invitation' },
  'invitation.resent': { target: 'invitation' },
  'invitation.withdrawn': { target: 'invitation' },
  'invitation.accepted': { target: 'invitation' },
  'invitation.forgotten': { target: 'invitation' },
  'domain.added': { target: 'organisation' },
  'domain.verified': { target: 'organisation' },
  'domain.removed': { target: 'organisation' },
  'license.installed': { target: 'license' },
  'license.removed': { target: 'license' },
  'license.expired': { target: 'license' },
  'license.revocations_installed': { target: 'license' },
  'license.limit_near': { target: 'license' },
  'license.clock_set_back': { target: 'license' },
} as const satisfies Record<string, Meaning>

export type Action = keyof typeof vocabulary

export const targetKindOf = (action: Action): TargetKind => vocabulary[action].target
