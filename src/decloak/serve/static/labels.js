/* Labels: the groups that colours stand for, and what may be chosen. */
import { ask } from "./api.js";

const GROUPS = {
  network: ["DOMAIN", "IP_ADDRESS", "URL", "EMAIL", "CIDR", "ASN", "MAC_ADDRESS", "HOSTNAME"],
  names: ["SOFTWARE", "ORGANIZATION", "OS", "SERVICE", "VERSION", "CPE"],
  threat: ["MALWARE", "THREAT_ACTOR", "TECHNIQUE", "CVE", "HASH", "WALLET", "MUTEX", "REGISTRY_KEY", "FINGERPRINT"],
};

export const groupOf = (label) => Object.keys(GROUPS).find((name) => GROUPS[name].includes(label)) || "other";

let known = null;
/** The names of all labels, asked for once. */
export async function labels() {
  known ??= (await (await ask("GET", "v1/labels")).json()).map((each) => each.name).sort();
  return known;
}
