// The packages of the versions of Express that are supported. EXPRESS in the environment names one.
const packages = { 4: 'express4', '4.18.0': 'express418', 5: 'express', '5.0.0': 'express50' }

const version = process.env.EXPRESS ?? '5'
const expressPackage = packages[version]
if (expressPackage === undefined) {
  throw new Error(`EXPRESS must be one of ${Object.keys(packages).join(', ')}, not ${version}`)
}

/** The package of the Express under test. */
exports.expressPackage = expressPackage
