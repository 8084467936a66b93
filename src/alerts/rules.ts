import type { AlertRule } from '../config/sections/alerts.ts'
import { defineId, type Id } from '../lib/ids.ts'
import type { SeenEvent } from './ports.ts'

const personId = defineId('usr')

/** What the event alone does not say. */
export interface Questions {
  /** How many failed sign-ins of this identity there were up to this one, within the time that counts. */
  failuresUpTo(entry: SeenEvent): Promise<number>
  /** Whether any of these roles is one that an organisation is looked after with. */
  leads(organisation: Id<'org'>, roles: readonly string[]): Promise<boolean>
  /** Whether a key of signatures was ever retired or revoked. */
  someKeyEnded(): Promise<boolean>
}

interface Limits {
  readonly failures: number
  /** Stands for everybody who does not exist. */
  readonly nobody: Id<'usr'>
  /** Whether these permissions of a role are those that an organisation is looked after with. */
  readonly gives: (permissions: unknown) => boolean
}

export interface Finding {
  readonly rule: AlertRule
  /** Whom or what it is about, for whoever reads it. */
  readonly subject: string
  /** The same is not said again at once. */
  readonly about: string
  readonly count?: number
}

/** Which alert an action may raise; whether it does is asked of `isOne` where there is one. */
export const byAction: Readonly<Partial<Record<string, AlertRule>>> = {
  'sign_in.failed': 'failed-sign-ins',
  'second_factor.failed': 'failed-sign-ins',
  'step_up.failed': 'failed-sign-ins',
  'totp.removed': 'factor-removed',
  'passkey.removed': 'factor-removed',
  'backup_codes.removed': 'factor-removed',
  'email_code.disabled': 'factor-removed',
  'factors.reset': 'factor-removed',
  'password.set': 'password-changed',
  'password.reset': 'password-changed',
  'user.admin_granted': 'administrator-granted',
  'membership.created': 'administrator-granted',
  'membership.roles_changed': 'administrator-granted',
  'membership.readmitted': 'administrator-granted',
  'role.updated': 'administrator-granted',
  'user.disabled': 'status-changed',
  'user.enabled': 'status-changed',
  'user.locked': 'status-changed',
  'user.unlocked': 'status-changed',
  'organisation.suspended': 'status-changed',
  'organisation.activated': 'status-changed',
  'organisation.deleted': 'status-changed',
  'session.ended': 'session-revoked',
  'client.sign_ins_ended': 'session-revoked',
  'organisation.sign_ins_ended': 'session-revoked',
  'key.activated': 'key-rotated',
  'key.revoked': 'key-rotated',
  'master_key.rotated': 'key-rotated',
  'data_key.rotated': 'key-rotated',
  'audit_key.rotated': 'key-rotated',
  'api_key.leaked': 'api-key-leaked',
  'grant.revoked': 'token-replayed',
  'webhook.disabled': 'webhook-disabled',
  'audit.chain_broken': 'chain-broken',
  // Whoever broke it could say so as well.
  'audit.break_acknowledged': 'chain-broken',
}

/** By its action alone: it is asked of every event that there is. */
export const ruleOf = ({ action }: Pick<SeenEvent, 'action'>): AlertRule | undefined =>
  Object.hasOwn(byAction, action) ? byAction[action] : undefined

/** Nobody asks the database about what no rule is switched on for. */
export async function findingIn(
  entry: SeenEvent,
  on: readonly AlertRule[],
  limits: Limits,
  ask: Questions,
): Promise<Finding | undefined> {
  const found = await matchIn(entry, on, limits, ask)
  return found && { ...found, about: aboutOf(entry, found.subject) }
}

/**
 * What somebody does in an organisation of their own must not make the same silent in another one; that an account was
 * opened is not what was said when it was closed; and a second client that is robbed is another theft.
 */
const aboutOf = ({ organisation, action, before }: SeenEvent, subject: string): string =>
  [
    ...(organisation === null ? [] : [organisation]),
    subject,
    ...(byAction[action] === 'status-changed' || action === 'audit.break_acknowledged' ? [action] : []),
    ...(action === 'grant.revoked' && typeof before?.['client'] === 'string' ? [before['client']] : []),
  ].join('/')

async function matchIn(
  entry: SeenEvent,
  on: readonly AlertRule[],
  limits: Limits,
  ask: Questions,
): Promise<Omit<Finding, 'about'> | undefined> {
  const rule = ruleOf(entry)
  if (rule === undefined || !on.includes(rule)) return undefined
  const subject = entry.target.id
  switch (entry.action) {
    case 'sign_in.failed':
    case 'second_factor.failed':
    case 'step_up.failed': {
      // Of those who do not exist: the limits by address are for them.
      if (subject === limits.nobody) return undefined
      const count = await ask.failuresUpTo(entry)
      return count > limits.failures ? { rule, subject, count } : undefined
    }
    // The first one is no change.
    case 'password.set':
      return entry.after?.['replaced'] === true ? { rule, subject } : undefined
    case 'membership.created':
    case 'membership.roles_changed': {
      const had = textsIn(entry.before?.['roles'])
      const gained = textsIn(entry.after?.['roles']).filter((key) => !had.includes(key))
      const leads = entry.organisation !== null && gained.length > 0 && (await ask.leads(entry.organisation, gained))
      return leads ? { rule, subject } : undefined
    }
    // Every instance begins with keys: nothing was rotated.
    case 'key.activated':
      return (await ask.someKeyEnded()) ? { rule, subject } : undefined
    // What they had waits for them: they have it again.
    case 'membership.readmitted': {
      const has = textsIn(entry.after?.['roles'])
      const leads = entry.organisation !== null && has.length > 0 && (await ask.leads(entry.organisation, has))
      return leads ? { rule, subject } : undefined
    }
    // All who have the role become one by it.
    case 'role.updated':
      return !limits.gives(entry.before?.['permissions']) && limits.gives(entry.after?.['permissions'])
        ? { rule, subject }
        : undefined
    // Of the person: "end all sign-ins" is one alert, and not one for each.
    case 'session.ended':
      return entry.after?.['reason'] === 'revoked' ? { rule, subject: personIn(entry) } : undefined
    case 'grant.revoked':
      return entry.after?.['reason'] === 'replay' ? { rule, subject: personIn(entry) } : undefined
    case 'webhook.disabled':
      return entry.after?.['disabledBecause'] === 'failing' ? { rule, subject } : undefined
    default:
      return { rule, subject }
  }
}

/** Whose it was; of a client that acts for nobody, what it was. What is no id of a person is none, whoever wrote it there. */
const personIn = ({ before, target }: SeenEvent): string =>
  typeof before?.['user'] === 'string' && personId.is(before['user']) ? before['user'] : target.id

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
