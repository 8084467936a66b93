import { readFile, stat } from 'node:fs/promises'
import { Reader, type Response } from 'mmdb-lib'
import { z } from 'zod'
import { AppError } from '../errors/app-error.ts'
import { errorCode } from '../lib/error-code.ts'
import type { Place } from './ports.ts'

/** The largest that are published hold some hundred megabytes; what is larger is not meant for this. */
const LARGEST = 1024 ** 3
const MARKED = 'ABCDEF4D61784D696E642E636F6D'

export interface PlacesFile {
  readonly builtAt: Date
  /** Like `GeoLite2-City`. */
  readonly kind: string
  /** Differs when the file does. */
  readonly version: string
  /** Undefined for one that it does not know, or where it is damaged. */
  placeOf(ip: string): Place | undefined
}

const unusable = (path: string, why: string, cause?: unknown) =>
  new AppError('geo-file-unusable', { detail: `${path} ${why}.`, ...(cause !== undefined && { cause }) })

export async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path)
  return `${ino} ${size} ${mtimeMs}`
}

/** Held in memory: a look-up in it is a few steps through a tree. Throws `geo-file-unusable` for whatever is none. */
export async function readPlacesFile(path: string): Promise<PlacesFile> {
  const { bytes, version } = await contentOf(path)
  const reader = readerOf(path, bytes)
  const { buildEpoch: builtAt, databaseType: kind } = reader.metadata
  return {
    builtAt,
    kind,
    version,
    placeOf: (ip) => {
      try {
        return readPlace(reader.get(ip))
      } catch {
        // A damaged page of it: as good as an address that it does not know.
        return undefined
      }
    },
  }
}

async function contentOf(path: string): Promise<{ readonly bytes: Buffer; readonly version: string }> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST) throw unusable(path, 'is larger than 1 GB: no file of places is')
    const version = await versionOf(path)
    return { bytes: await readFile(path), version }
  } catch (error) {
    if (error instanceof AppError) throw error
    const why = errorCode(error) === 'ENOENT' ? 'is not there' : `cannot be read (${errorCode(error) ?? 'unknown'})`
    throw unusable(path, why, error)
  }
}

function readerOf(path: string, bytes: Buffer): Reader<Response> {
  if (!bytes.includes(Buffer.from(MARKED, 'hex'))) throw unusable(path, 'is no MaxMind database, or its end is missing')
  try {
    const reader = new Reader<Response>(bytes)
    const { searchTreeSize, databaseType, buildEpoch } = reader.metadata
    if (!(searchTreeSize > 0 && searchTreeSize < bytes.length) || Number.isNaN(buildEpoch.getTime()))
      throw unusable(path, 'is not whole')
    if (!/city|country|location|enterprise/i.test(databaseType))
      throw unusable(path, `holds something else (${databaseType}): a file of cities or countries is needed`)
    // The first and the last address lead through the tree to where it points.
    for (const ip of ['0.0.0.0', '255.255.255.255']) reader.get(ip)
    return reader
  } catch (error) {
    if (error instanceof AppError) throw error
    throw unusable(path, 'is damaged', error)
  }
}

const text = z.string().min(1).max(100).optional().catch(undefined)
const found = z.object({
  city: z
    .object({ names: z.object({ en: text, de: text }) })
    .optional()
    .catch(undefined),
  country: z
    .object({ iso_code: z.string().regex(/^[A-Z]{2}$/) })
    .optional()
    .catch(undefined),
})

function readPlace(answer: Response | null): Place | undefined {
  const { city, country } = found.catch({}).parse(answer ?? {})
  const { en, de } = city?.names ?? {}
  const names = { ...(en && { en }), ...(de && { de }) }
  const place = { ...((en ?? de) && { city: names }), ...(country && { country: country.iso_code }) }
  return Object.keys(place).length > 0 ? place : undefined
}
