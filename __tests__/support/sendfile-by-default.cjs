// Makes `sendfile: true` the default, for bodies of any size: `npm run test:sendfile` runs the tests with it.
const { fileRules } = require('../../lib/options/file-rules')
const { loadSendfile } = require('../../lib/source/disk/sendfile')

Object.assign(loadSendfile(), { minBytes: 1 })
Object.assign(fileRules.sendfile, { defaultValue: loadSendfile() })
