/** A file in MaxMind's published format (https://maxmind.github.io/MaxMind-DB/), as small as it can be: written here for tests. */

type Value = string | number | { readonly [key: string]: Value } | readonly string[]

const control = (type: number, size: number): Buffer => {
  if (size >= 29) throw new RangeError('no test needs more')
  // Types over 7 are extended: the first byte says 0, the second the rest.
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size])
}

const STRING = 2
const UINT32 = 6
const MAP = 7
const ARRAY = 11

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  if (bytes.length < 29) return Buffer.concat([control(STRING, bytes.length), bytes])
  return Buffer.concat([Buffer.from([(STRING << 5) | 29, bytes.length - 29]), bytes])
}

function encode(value: Value): Buffer {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(UINT32, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(ARRAY, value.length), ...value.map((one) => encode(one))])
  const entries = Object.entries(value)
  return Buffer.concat([control(MAP, entries.length), ...entries.flatMap(([key, one]) => [text(key), encode(one)])])
}

/** IPv4 networks of 8, 16 or 24 bits, like `203.0.113.0/24`, and what is known of each. */
export function placesFile(
  known: Readonly<Record<string, Value>>,
  { builtAt = new Date('2030-01-10'), kind = 'GeoLite2-City' }: { builtAt?: Date; kind?: string } = {},
): Buffer {
  const UNKNOWN = -1
  const nodes: [number, number][] = [[UNKNOWN, UNKNOWN]]
  const data: Buffer[] = []
  let dataSize = 0
  const leaves: { node: number; side: 0 | 1; at: number }[] = []
  for (const [network, value] of Object.entries(known)) {
    const [address = '', length = '32'] = network.split('/')
    const bits = address.split('.').flatMap((part) => [...Number(part).toString(2).padStart(8, '0')].map(Number))
    let node = 0
    for (let depth = 0; depth < Number(length); depth += 1) {
      const side = bits[depth] === 1 ? 1 : 0
      if (depth === Number(length) - 1) leaves.push({ node, side, at: dataSize })
      else {
        const pair = nodes[node] ?? [UNKNOWN, UNKNOWN]
        if (pair[side] === UNKNOWN) pair[side] = nodes.push([UNKNOWN, UNKNOWN]) - 1
        node = pair[side]
      }
    }
    const bytes = encode(value)
    data.push(bytes)
    dataSize += bytes.length
  }
  const tree = Buffer.alloc(nodes.length * 6)
  const put = (node: number, side: number, record: number) => tree.writeUIntBE(record, node * 6 + side * 3, 3)
  for (const [index, pair] of nodes.entries())
    for (const side of [0, 1] as const) put(index, side, pair[side] === UNKNOWN ? nodes.length : pair[side])
  for (const { node, side, at } of leaves) put(node, side, nodes.length + 16 + at)
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: kind,
    languages: ['en', 'de'],
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: Math.floor(builtAt.getTime() / 1000),
    description: { en: 'for tests' },
  })
  return Buffer.concat([tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata])
}

export const munich = {
  city: { names: { en: 'Munich', de: 'München' } },
  country: { iso_code: 'DE', names: { en: 'Germany' } },
} as const
