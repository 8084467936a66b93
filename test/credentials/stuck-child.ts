// Stands in for the process that hashes: it is ready, and never answers.
process.on('message', () => {})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
