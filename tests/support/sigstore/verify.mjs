// Verifies a Sigstore bundle with Sigstore's own library and one public key: node verify.mjs BUNDLE PEM HINT
import { readFileSync } from 'node:fs';
import { createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(process.cwd() + '/');
const { bundleFromJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const [bundleFile, pemFile, hint] = process.argv.slice(2);
const nothing = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const rawBytes = createPublicKey(readFileSync(pemFile)).export({ type: 'spki', format: 'der' });
const trusted = toTrustMaterial(nothing, { [hint]: { rawBytes } });
const thresholds = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };
const bundle = bundleFromJSON(JSON.parse(readFileSync(bundleFile, 'utf8')));
new Verifier(trusted, thresholds).verify(toSignedEntity(bundle));
const statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString());
console.log(statement.predicateType, bundle.mediaType);
