import type { CompiledQuery, OperationNode, OperationNodeKind, RawBuilder, RawNode, RootOperationNode } from 'kysely'

/** What a plain read is made of. A kind that is not named here (a change, a lock, a function of whatever effect) makes it none. */
const PLAIN: ReadonlySet<OperationNodeKind> = new Set<OperationNodeKind>([
  'SelectQueryNode',
  'SelectionNode',
  'SelectAllNode',
  'FromNode',
  'TableNode',
  'SchemableIdentifierNode',
  'IdentifierNode',
  'AliasNode',
  'ReferenceNode',
  'ColumnNode',
  'JoinNode',
  'OnNode',
  'WhereNode',
  'AndNode',
  'OrNode',
  'ParensNode',
  'BinaryOperationNode',
  'UnaryOperationNode',
  'OperatorNode',
  'ValueListNode',
  'TupleNode',
  'AggregateFunctionNode',
  'GroupByNode',
  'GroupByItemNode',
  'HavingNode',
  'OrderByNode',
  'OrderByItemNode',
  'LimitNode',
  'OffsetNode',
])

/** What the query builder itself writes out: `sql.lit`, the direction of an order. */
const WORDS: ReadonlySet<string> = new Set(['', 'asc', 'desc'])

/** Whoever writes SQL by hand declares it: nobody reads the text to find out. */
const declared = new WeakSet<OperationNode>()
/** A statement that is compiled once is judged once. */
const judged = new WeakMap<RootOperationNode, boolean>()

/**
 * SQL written by hand, alone or as a part of a statement, that is certain to change nothing and to wait for nobody's
 * transaction, whatever it calls.
 */
export function plainRead<Row>(read: RawBuilder<Row>): RawBuilder<Row> {
  declared.add(read.toOperationNode())
  return read
}

/** Waits for nobody else's transaction. Where that cannot be told, it is not one. */
export function isPlainRead({ query }: Pick<CompiledQuery, 'query'>): boolean {
  const known = judged.get(query)
  if (known !== undefined) return known
  const found = isPlain(query)
  judged.set(query, found)
  return found
}

function isPlain(node: OperationNode): boolean {
  if (declared.has(node)) return true
  if (isRaw(node)) return node.sqlFragments.every((text) => WORDS.has(text)) && node.parameters.every(isPlain)
  // What is in a value is sent beside the text.
  if (node.kind === 'ValueNode' || node.kind === 'PrimitiveValueListNode') return true
  return PLAIN.has(node.kind) && Object.values(node).flat().every(isNoNodeOrPlain)
}

const isRaw = (node: OperationNode): node is RawNode => node.kind === 'RawNode'

const isNode = (part: unknown): part is OperationNode => typeof part === 'object' && part !== null && 'kind' in part

const isNoNodeOrPlain = (part: unknown): boolean => !isNode(part) || isPlain(part)
