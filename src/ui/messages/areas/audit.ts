/** Texts about the audit log: English, and with it the list of keys. */
export const en = {
  'mail.auditHead.subject': '{operator}: the audit log up to entry {seq}',
  'mail.auditHead.title': 'A signed head of the audit log',
  'mail.auditHead.lead':
    'Keep this letter, or the file that comes with it: given to `hearthkey audit verify --head`, either shows whether anything up to this entry was changed or taken away since.',
  'mail.auditHead.seq': 'Entry',
  'mail.auditHead.hash': 'Hash',
  'mail.auditHead.at': 'Signed',
  'mail.auditHead.why': 'You get this letter once a day because you keep the proof of what happens at {host}.',
} as const

export const de: Record<keyof typeof en, string> = {
  'mail.auditHead.subject': '{operator}: das Ereignisprotokoll bis Eintrag {seq}',
  'mail.auditHead.title': 'Eine signierte Prüfsumme des Ereignisprotokolls',
  'mail.auditHead.lead':
    'Heben Sie diese Nachricht auf, oder die Datei, die mit ihr kommt: `hearthkey audit verify --head` zeigt mit jeder von beiden, ob bis zu diesem Eintrag seitdem etwas geändert oder entfernt wurde.',
  'mail.auditHead.seq': 'Eintrag',
  'mail.auditHead.hash': 'Prüfsumme',
  'mail.auditHead.at': 'Signiert',
  'mail.auditHead.why':
    'Sie erhalten diese Nachricht einmal am Tag, weil Sie aufheben, was beweist, was bei {host} geschieht.',
}
