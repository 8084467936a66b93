/** The embedded server creates this database; migrated once, it is what every test of a room clones. */
export const TEMPLATE = 'hearthkey'

/** The same after a first start: with the keys of an instance, whose making would cost each test of the whole app most of its time. */
export const STARTED_TEMPLATE = 'hearthkey_started'
