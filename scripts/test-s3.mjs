// npm run test:s3 [-- <options of jest>]
//
// Runs __tests__/s3, __tests__/conformance with a column more, and a short soak against an object store: the one
// that S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION and S3_BUCKET name, or a Ceph cluster that is started for
// them. Without the last four, the credentials are those that the SDK finds, the region is us-east-1, and a bucket is
// created.
import { spawnSync } from 'node:child_process'
import { withStore } from './ceph/store.mjs'

const jest = [
  'node_modules/jest/bin/jest.js',
  '__tests__/(s3|conformance)/',
  ...process.argv.slice(2),
]

// A short one; `npm run soak:s3` is the long one.
const soak = ['scripts/soak-s3.mjs', '400']

await withStore((environment) => {
  const env = {
    ...process.env,
    ...environment,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  }
  const failed = [jest, soak].some(
    (command) => spawnSync(process.execPath, command, { env, stdio: 'inherit' }).status !== 0,
  )
  if (failed) process.exitCode = 1
})
