import { describe, expect, it } from 'vitest'
import { actions } from '../../../src/audit/vocabulary.ts'
import { judgingChoices } from '../../../src/webhooks/endpoints/choice.ts'
import { wants } from '../../../src/webhooks/endpoints/pattern.ts'
import { workSince } from '../../support/work.ts'

const judge = judgingChoices(actions)
const chosen = (...words: string[]) => {
  const judged = judge(words)
  return judged.ok ? judged.value : judged.error
}

describe('what a webhook is told of', () => {
  it('[TOS-5] is exact words, all of one noun, or everything', () => {
    expect(chosen('user.created', 'api_key.*')).toEqual(['api_key.*', 'user.created'])
    expect(chosen('*')).toEqual(['*'])
    for (const action of actions) expect(chosen(action)).toEqual([action])
  })

  it('each once, and everything swallows the rest', () => {
    expect(chosen('user.created', 'user.created')).toEqual(['user.created'])
    expect(chosen('user.created', '*', 'role.*')).toEqual(['*'])
  })

  it.each([
    ['user.creatd', 'user.created'],
    ['users.created', 'user.created'],
    ['membership.role_changed', 'membership.roles_changed'],
    ['apikey.*', 'api_key.*'],
    ['USER.CREATED', 'user.created'],
    ['payment.received', undefined],
  ])('%s is refused, and what was meant is named', (event, nearest) => {
    expect(chosen('role.created', event)).toEqual({ reason: 'event-unknown', event, nearest })
  })

  it.each([
    '',
    ' ',
    '**',
    '*.created',
    'user',
    'user.',
    'user.*.*',
    'us*',
    '.*',
    'user.created ',
    'constructor',
    '__proto__.*',
  ])('“%s” is no pattern', (event) => {
    expect(chosen(event)).toMatchObject({ reason: 'event-unknown', event })
  })

  it('is something, and no list without end', () => {
    expect(chosen()).toEqual({ reason: 'no-events' })
    expect(chosen(...Array.from({ length: 201 }, () => 'user.created'))).toEqual({ reason: 'too-many-events' })
    const work = workSince()
    expect(chosen('x'.repeat(1_000_000))).toMatchObject({ reason: 'event-unknown', event: 'x'.repeat(100) })
    expect(work()).toBeLessThan(50)
  })

  it('a pattern means its noun alone, and not one that begins alike', () => {
    expect(wants(['api.*'], 'api.created')).toBe(true)
    expect(wants(['api.*'], 'api_key.created')).toBe(false)
    expect(wants(['user.created'], 'user.disabled')).toBe(false)
    expect(wants(['user.created', 'role.*'], 'role.removed')).toBe(true)
    expect(wants(['*'], 'anything.said')).toBe(true)
    expect(wants([], 'user.created')).toBe(false)
  })
})
