// npm run test:s3 [-- <options of jest>]
//
// Runs __tests__/s3, and __tests__/conformance with a column more, against an object store: the one that S3_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_REGION
// and S3_BUCKET name, or a Ceph cluster that is started for it. Without the last three, the region is
// us-east-1, the credentials are those of the environment, and a bucket is created.
import { spawnSync } from 'node:child_process'
import { withStore } from './ceph/store.mjs'

const jest = [
  'node_modules/jest/bin/jest.js',
  '__tests__/(s3|conformance)/',
  ...process.argv.slice(2),
]

await withStore((environment) => {
  const { status } = spawnSync(process.execPath, jest, {
    env: {
      ...process.env,
      ...environment,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
})
