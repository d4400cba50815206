/** A phone that somebody has signed in on, for the tests of what it keeps and sends. */
import { openPage } from "./setup.js";

openPage({ config: { basemap: null, ownBasemap: null } });
const session = await import("field/phone/session");
const store = await import("field/phone/store");

export const CREW = { id: 7, username: "crew", name: "养护一队" };

/** Everything is as on a new phone of this person. @param {{id: number, username: string, name: string}} [person] */
export async function newPhone(person = CREW) {
  for (const name of STORES) await store.transaction(name, "readwrite", (tx) => tx.objectStore(name).clear());
  await session.remember({ token: "secret", uid: "phone", user: person, expires_at: "2027-01-01T00:00:00Z" });
}

const STORES = /** @type {const} */ (["records", "photos", "drafts", "assets", "jobs", "thumbs", "tiles", "facts"]);

/** A report as a form makes it. @param {string} asset @param {Partial<import("field/up/outbox").Deed>} [more] */
export const report = (asset, more = {}) => ({
  kind: "inspect",
  asset,
  fields: { condition: "good", defects: [], note: "" },
  title: `Report on ${asset}`,
  ...more,
});

/** A picture in the phone's storage that belongs to a draft. @param {string} sha256 @param {string} draft */
export async function keepPhoto(sha256, draft) {
  const bytes = new TextEncoder().encode(sha256).buffer;
  const taken_at = "2026-11-27T16:30:00Z";
  const fresh = { op_ids: [], state: /** @type {const} */ ("waiting"), message: null, tries: 0, next_try: 0 };
  await store.put("photos", {
    sha256,
    bytes,
    size: bytes.byteLength,
    type: "image/jpeg",
    taken_at,
    user: CREW.id,
    draft,
    ...fresh,
  });
  return { sha256, size: bytes.byteLength, type: "image/jpeg", taken_at, role: "inspection" };
}

/**
 * Puts a server in the network's place; what it was asked stands in the list that comes back.
 * @param {(ask: {path: string, method: string, body: any}) => {status?: number, body?: any, headers?: Record<string, string>}|Error} answer
 */
export function serve(answer) {
  const asked = [];
  globalThis.fetch = async (address, { method = "GET", body = null } = {}) => {
    const ask = { path: String(address), method, body: typeof body === "string" ? JSON.parse(body) : body };
    asked.push(ask);
    const answered = answer(ask);
    if (answered instanceof Error) throw answered;
    const { status = 200, body: text = {}, headers = {} } = answered;
    return new Response(JSON.stringify(text), { status, headers });
  };
  return asked;
}
