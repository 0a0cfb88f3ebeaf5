// Makes `sendfile: true` the default, for bodies of any size: `npm run test:sendfile` runs the tests with it.
const { fileRules } = require('../../lib/options/file-rules.ts')
const { loadSendfile } = require('../../lib/source/disk/sendfile.ts')

Object.assign(loadSendfile(), { minBytes: 1 })
Object.assign(fileRules.sendfile, { defaultValue: loadSendfile() })
// The servers in processes of their own inherit it.
process.env.SENDFILE = 'yes'
