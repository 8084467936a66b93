/** The embedded server creates this database; migrated once, it is what every test clones. */
export const TEMPLATE = 'hearthkey'
