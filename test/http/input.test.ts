import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readForm, readJson, readQuery } from '../../src/http/input/read.ts'
import { testHttp } from './support.ts'

const { app } = testHttp({ programmatic: ['/*'] })
const schema = z.strictObject({ name: z.string().max(5), age: z.coerce.number().optional() })
app.post('/json', async (c) => c.json(await readJson(c, schema)))
app.post('/form', async (c) => c.json(await readForm(c, schema)))
app.get('/query', (c) => c.json(readQuery(c, schema)))

type RequestBody = NonNullable<RequestInit['body']>

const json = 'application/json'
const form = 'application/x-www-form-urlencoded'
const post = (path: string, type: string, body: RequestBody) =>
  app.request(path, { method: 'POST', body, headers: { 'content-type': type } })

async function detail(response: Response): Promise<string> {
  const problem = z.object({ code: z.literal('bad-request'), detail: z.string() }).parse(await response.json())
  expect(response.status).toBe(400)
  return problem.detail
}

describe('[TOS-9] what comes in is parsed by a schema', () => {
  it('and arrives typed', async () => {
    expect(await (await post('/json', 'application/json; charset=utf-8', '{"name":"Ada"}')).json()).toEqual({
      name: 'Ada',
    })
    expect(await (await post('/form', form, 'name=A%C3%A9&age=3')).json()).toEqual({ name: 'Aé', age: 3 })
    expect(await (await app.request('/query?name=Ada&age=3')).json()).toEqual({ name: 'Ada', age: 3 })
  })

  it('or refused with the field and the rule, never the value', async () => {
    expect(await detail(await post('/json', json, '{"name":"my-password","extra":1}'))).toMatch(/^name: .*extra/s)
    const refused = [
      await detail(await post('/form', form, 'name=my-password')),
      await detail(await app.request('/query?name=my-password')),
      await detail(await post('/json', json, '{"name":{"my-password":1}}')),
    ]
    for (const text of refused) expect(text).not.toContain('my-password')
  })

  it.each([
    ['/json', json, '{"name":'],
    ['/json', json, ''],
    ['/json', json, Buffer.from([0x22, 0xff, 0x22])],
    ['/json', 'text/plain', '{"name":"Ada"}'],
    ['/json', form, '{"name":"Ada"}'],
    ['/form', json, 'name=Ada'],
    ['/form', 'multipart/form-data; boundary=x', '--x--'],
    ['/form', form, Buffer.from([0xff])],
    ['/json', json, '{"__proto__":{"name":"Ada"}}'],
    ['/form', form, '__proto__=Ada'],
  ])('or refused as what it is not: %s %s %j', async (path, type, body) => {
    expect(await detail(await post(path, type, body))).toMatch(/\w/)
  })

  it('or refused when it is no UTF-8, before anything is replaced in it', async () => {
    expect(await detail(await post('/json', json, Buffer.from('{"name":"A\xff"}', 'latin1')))).toContain('UTF-8')
    expect(await detail(await post('/form', form, Buffer.from('name=A\xff', 'latin1')))).toContain('UTF-8')
  })

  it('and a field given twice is not one field', async () => {
    expect(await detail(await post('/form', form, 'name=Ada&name=Bob'))).toContain('name')
    expect(await detail(await app.request('/query?name=Ada&name=Bob'))).toContain('name')
  })
})
