import { describe, expect, it } from 'vitest'
import { appendBatch } from '../../../src/audit/chain/append.ts'
import { chainOf, keepChain } from '../../../src/instance/chain.ts'
import { eventually } from '../../support/eventually.ts'
import { hearing, keepingWorld } from './keeping-support.ts'

describe('keeping the chain', () => {
  it('goes on by itself, and stops once what runs has ended', async () => {
    const { follower, heard } = hearing('hearer')
    const { write, kept, owner } = await keepingWorld({ followers: [follower], everyMs: 5 })
    await eventually(
      async () => (await owner.selectFrom('audit_followers').selectAll().where('name', '=', 'hearer').execute())[0],
    )
    const id = await write()
    await eventually(() => heard.includes(id) || undefined)
    await kept.stop()
    const { seq } = await owner.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()
    await write()
    await kept.turn()
    expect(await owner.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()).toEqual({ seq })
  })

  it('a stop waits for a follower that is about something', async () => {
    const [entered, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = {
      name: 'slow',
      from: 'end' as const,
      take: async () => {
        entered.resolve()
        await held.promise
      },
    }
    const { turn, write, kept } = await keepingWorld({ followers: [slow] })
    await turn()
    await write()
    await kept.turn()
    await entered.promise
    let stopped = false
    const stop = kept.stop().then(() => {
      stopped = true
    })
    await write()
    expect(stopped).toBe(false)
    held.resolve()
    await stop
  })

  it('a follower that fails stops no other, is tried again, and is told of in the log', async () => {
    let broken = true
    const [bad, good] = [hearing('bad', () => broken), hearing('good')]
    const { turn, write, log } = await keepingWorld({ followers: [bad.follower, good.follower] })
    await turn()
    const ids = [await write(), await write()]
    await turn()
    expect(good.heard).toEqual(ids)
    expect(bad.heard).toEqual([])
    expect(log.lines()).toContainEqual(
      expect.objectContaining({ level: 'warn', what: 'bad', failures: 1, msg: 'bad failed and will be tried again' }),
    )
    broken = false
    await turn()
    expect(bad.heard).toEqual(ids)
    expect(log.lines()).toContainEqual(expect.objectContaining({ msg: 'bad is well again' }))
  })

  it('a slow follower keeps nobody waiting', async () => {
    const held = Promise.withResolvers<void>()
    const slow = { name: 'slow', from: 'end' as const, take: () => held.promise }
    const good = hearing('good')
    const { turn, kept, write } = await keepingWorld({ followers: [slow, good.follower] })
    await turn()
    for (let n = 1; n <= 3; n++) {
      await write()
      await kept.turn()
      await eventually(() => good.heard.length === n || undefined)
    }
    held.resolve()
  })

  it('of two instances, each does what the other does not, and everything is done once', async () => {
    const [one, two] = [hearing('both'), hearing('both')]
    const { config, services, clock, log, turn, write, owner } = await keepingWorld({ followers: [one.follower] })
    const other = await keepChain({
      config,
      services,
      clock,
      log: log.log,
      followers: [two.follower],
      everyMs: 2 ** 30,
    })
    await turn()
    const ids: string[] = []
    for (let n = 0; n < 12; n++) {
      ids.push(await write())
      await Promise.all([turn(), other.turn()])
      await other.settled()
    }
    await turn()
    await other.stop()
    expect([...one.heard, ...two.heard].toSorted()).toEqual(ids.toSorted())
    const { rows } = { rows: await owner.selectFrom('audit_head').select('seq').execute() }
    expect(Number(rows[0]?.seq)).toBeGreaterThanOrEqual(12)
  })

  it('holds up neither writers, nor the rotation of any key, nor who looks', async () => {
    const { services, clock, log, write, keys, heads } = await keepingWorld()
    const [entered, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await write()
    const appending = appendBatch({
      ...chainOf({ services, clock, log: log.log }),
      names: async () => {
        entered.resolve()
        await held.promise
        return new Map()
      },
    })
    await entered.promise
    await write()
    await services.keyring.rotateSealKey()
    await services.keyring.retireOldSealKeys()
    await services.signing.keys.rotate({ force: true })
    await keys.rotate({ actor: { kind: 'operator', id: 'test' } })
    expect(await heads()).toEqual([])
    held.resolve()
    expect((await appending).count).toBeGreaterThan(0)
  })
})
