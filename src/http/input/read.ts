import type { Context } from 'hono'
import type { z } from 'zod'
import { AppError } from '../../errors/app-error.ts'
import type { HttpEnv } from '../env.ts'
import { parseInput } from './parse.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const badRequest = (detail: string): AppError => new AppError('bad-request', { detail })

function requireType(c: Context<HttpEnv>, expected: string): void {
  const given = c.env.exchange.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (given !== expected) throw badRequest(`Send the body as ${expected}.`)
}

async function readText(c: Context<HttpEnv>): Promise<string> {
  const bytes = await c.req.arrayBuffer()
  try {
    return utf8.decode(bytes)
  } catch {
    throw badRequest('The body is not valid UTF-8.')
  }
}

/** A field given twice becomes a list: a schema that wants one text refuses it, instead of taking the first or the last. */
function fields(params: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(params.keys())
  return Object.fromEntries(
    [...names].map((name) => {
      const [first = '', ...more] = params.getAll(name)
      return [name, more.length === 0 ? first : [first, ...more]]
    }),
  )
}

export async function readJson<T>(c: Context<HttpEnv>, schema: z.ZodType<T>): Promise<T> {
  requireType(c, 'application/json')
  const text = await readText(c)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest('The body is not valid JSON.')
  }
  return parseInput(schema, value)
}

export async function readForm<T>(c: Context<HttpEnv>, schema: z.ZodType<T>): Promise<T> {
  requireType(c, 'application/x-www-form-urlencoded')
  return parseInput(schema, fields(new URLSearchParams(await readText(c))))
}

export const readQuery = <T>(c: Context<HttpEnv>, schema: z.ZodType<T>): T =>
  parseInput(schema, fields(new URL(c.req.url).searchParams))
