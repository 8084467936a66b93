/** Texts of alerts, for whoever looks after the instance: English, and with it the list of keys. */
export const en = {
  'alerts.failed-sign-ins': 'Many failed sign-ins of one account',
  'alerts.factor-removed': 'A factor was removed',
  'alerts.password-changed': 'A password was changed',
  'alerts.administrator-granted': 'Somebody got the rights of an administrator',
  'alerts.status-changed': 'An account or organisation was opened or closed',
  'alerts.session-revoked': 'Somebody ended a sign-in, or all of an application or organisation',
  'alerts.key-rotated': 'A key was rotated or revoked',
  'alerts.api-key-leaked': 'An API key leaked and was revoked',
  'alerts.token-replayed': 'A refresh token or code was used twice',
  'alerts.webhook-disabled': 'A webhook was switched off because it keeps failing',
  'alerts.chain-broken': 'The log of events does not verify',

  'mail.alerts.subject.one': '{operator}: {what}',
  'mail.alerts.subject.other': '{operator}: {count} security alerts',
  'mail.alerts.title': 'Something to look at',
  'mail.alerts.lead': 'This was found in the log of events.',
  'mail.alerts.expected': 'If it was expected, there is nothing to do.',
  'mail.alerts.organisation': 'Organisation: {organisation}',
  'mail.alerts.times': '{count} times',
  'mail.alerts.verify':
    'Somebody may have changed it. Run `hearthkey doctor`, then `hearthkey audit verify` with a signed head that was kept elsewhere.',
  'mail.alerts.more': 'There are more than this letter has room for. The next one goes on with:',
  'mail.alerts.look':
    'On the host, `hearthkey alert list` shows them all, and `hearthkey audit show` with the id that begins with evt_ all of one event.',
  'mail.alerts.why': 'You get this letter because you look after {host}.',
} as const

export const de: Record<keyof typeof en, string> = {
  'alerts.failed-sign-ins': 'Viele fehlgeschlagene Anmeldungen an einem Konto',
  'alerts.factor-removed': 'Ein Faktor wurde entfernt',
  'alerts.password-changed': 'Ein Passwort wurde geändert',
  'alerts.administrator-granted': 'Jemand hat Administratorrechte bekommen',
  'alerts.status-changed': 'Ein Konto oder eine Organisation wurde geöffnet oder geschlossen',
  'alerts.session-revoked': 'Jemand hat eine Anmeldung beendet, oder alle einer Anwendung oder Organisation',
  'alerts.key-rotated': 'Ein Schlüssel wurde ausgetauscht oder widerrufen',
  'alerts.api-key-leaked': 'Ein API-Schlüssel wurde bekannt und ist widerrufen',
  'alerts.token-replayed': 'Ein Refresh-Token oder Code wurde zweimal verwendet',
  'alerts.webhook-disabled': 'Ein Webhook wurde abgeschaltet, weil er immer wieder fehlschlägt',
  'alerts.chain-broken': 'Das Ereignisprotokoll lässt sich nicht bestätigen',

  'mail.alerts.subject.one': '{operator}: {what}',
  'mail.alerts.subject.other': '{operator}: {count} Sicherheitshinweise',
  'mail.alerts.title': 'Bitte sehen Sie sich das an',
  'mail.alerts.lead': 'Das wurde im Ereignisprotokoll gefunden.',
  'mail.alerts.expected': 'War es so gewollt, ist nichts zu tun.',
  'mail.alerts.organisation': 'Organisation: {organisation}',
  'mail.alerts.times': '{count}-mal',
  'mail.alerts.verify':
    'Vielleicht hat es jemand verändert. Führen Sie `hearthkey doctor` aus, dann `hearthkey audit verify` mit einer signierten Prüfsumme, die woanders aufbewahrt wurde.',
  'mail.alerts.more': 'Es sind mehr, als in diese Nachricht passen. Die nächste macht weiter mit:',
  'mail.alerts.look':
    'Auf dem Rechner zeigt `hearthkey alert list` sie alle, und `hearthkey audit show` mit der Nummer, die mit evt_ beginnt, das ganze Ereignis.',
  'mail.alerts.why': 'Sie erhalten diese Nachricht, weil Sie {host} betreuen.',
}
