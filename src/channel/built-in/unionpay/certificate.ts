import { X509Certificate } from 'node:crypto';
import type { UnionpayTrust } from './config.ts';

/** The certificate in a message, or why it cannot be trusted. */
export type CertificateCheck = (pem: string, now: Date) => X509Certificate | string;

/** A signing certificate, its intermediate and its root. */
type Chain = [X509Certificate, X509Certificate, X509Certificate];

/** Part 3 of the common name (`041@8310…@中国银联股份有限公司@…`) of UnionPay's signing certificates. */
const UNIONPAY = '中国银联股份有限公司';
const NAME_PART = 2;
/** UnionPay replaces its certificate every few years; meanwhile two are valid. */
const MAX_KNOWN = 8;

/**
 * Checks certificates against the configured root and intermediate ones: issuer, validity period, and in production
 * that they belong to UnionPay. The last matters most: the same issuer issues merchants' certificates.
 */
export function createCertificateCheck(trust: UnionpayTrust): CertificateCheck {
  const { rootCerts, middleCerts } = trust;
  /** Correctly issued, each with its issuers. The validity period is checked on every call. */
  const known = new Map<string, Chain[]>();
  const trusted = middleCerts.flatMap((middle) =>
    rootCerts.filter((root) => isIssued(middle, root)).map((root) => [middle, root] as const),
  );

  return (pem, now) => {
    let chains = known.get(pem);
    if (chains === undefined) {
      const certificate = parse(pem);
      if (certificate === null) return 'signed with something that is no certificate';
      chains = trusted
        .filter(([middle]) => isIssued(certificate, middle))
        .map((above) => [certificate, ...above]);
      if (chains.length === 0) return 'signed with an unknown certificate';
      if (trust.production && !isUnionpay(certificate)) return 'signed with somebody else’s certificate';
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(pem, chains);
    }
    const valid = chains.find((chain) => chain.every((each) => isValid(each, now)));
    return valid?.[0] ?? 'signed with an expired certificate';
  };
}

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isValid({ validFrom, validTo }: X509Certificate, now: Date): boolean {
  return Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);
}

function isUnionpay(certificate: X509Certificate): boolean {
  const { CN } = certificate.toLegacyObject().subject;
  return typeof CN === 'string' && CN.split('@')[NAME_PART] === UNIONPAY;
}
