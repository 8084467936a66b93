// Stands in for the process that hashes: it is ready, and every password kills it.
process.on('message', () => process.kill(process.pid, 'SIGKILL'))
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
