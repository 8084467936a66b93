/** What an erasure does not reach is said as plainly as what it does. */
export const describeRevocation = (revoked: string, active: string): string =>
  [
    `${revoked} is revoked, and its private key is erased from the database.`,
    `${active} signs.`,
    'APIs that keep a copy of the keys go on trusting it until they fetch them again: restart those that must not wait.',
    'Sealed copies of the private key remain in backups until those are deleted, and on the disk until PostgreSQL has recycled its write-ahead log and the freed space is written over. Whoever has such a copy needs the master key of its time to open it.',
  ].join('\n')
