import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const SHA256_WITH_RSA = '06092a864886f70d01010b';
const COMMON_NAME = '0603550403';
const NULL = '0500';

/** basicConstraints, critical: CA:TRUE. */
const AUTHORITY = Buffer.from('300f0603551d130101ff040530030101ff', 'hex');

interface Subject {
  commonName: string;
  /** Hexadecimal, positive. */
  serialNo: string;
  notBefore: Date;
  notAfter: Date;
  /** May issue others (basicConstraints). */
  isAuthority?: boolean;
}

/** A self-signed X.509 certificate in PEM, like WeChat Pay's platform certificates. */
export function selfSignedCertificate({
  privateKey,
  ...subject
}: Subject & { privateKey: KeyObject }): string {
  const publicKey = createPublicKey(privateKey);
  return issueCertificate({ ...subject, publicKey, issuer: { name: subject.commonName, privateKey } });
}

/** An X.509 certificate in PEM, signed by its issuer. */
export function issueCertificate(
  options: Subject & { publicKey: KeyObject; issuer: { name: string; privateKey: KeyObject } },
): string {
  const { issuer } = options;
  const algorithm = sequence(hex(SHA256_WITH_RSA), hex(NULL));
  const publicKey = options.publicKey.export({ type: 'spki', format: 'der' });
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, hex(options.serialNo)),
    algorithm,
    nameOf(issuer.name),
    sequence(time(options.notBefore), time(options.notAfter)),
    nameOf(options.commonName),
    publicKey,
    ...(options.isAuthority === true ? [der(0xa3, sequence(AUTHORITY))] : []),
  );
  const signature = sign('sha256', content, issuer.privateKey);
  const certificate = sequence(content, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(hex(COMMON_NAME), der(0x0c, Buffer.from(commonName)))));
}

function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.length), content]);
}

function length(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const digits = size.toString(16);
  const bytes = hex(digits.length % 2 === 0 ? digits : `0${digits}`);
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** GeneralizedTime, which needs no rule about two-digit years. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`));
}
