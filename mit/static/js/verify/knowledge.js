// What this device knows of keys and status: the signed bundle, kept between visits and made newer.
// The first is trusted because it came over https from this address; every later one has to be signed by a
// key that is known already (ADR 22).  Only the bundle is kept: nothing of what was looked at.
import { Refusal, readBundle, whyNotInPlaceOf } from "./judge.js";

const ADDRESS = "/.well-known/mit-trust.json";
const CACHE = "mit-knowledge";
const PATIENCE_MS = 20_000;

/** Return what `act` does with the kept cache; undefined where the browser keeps nothing. */
async function withCache(act) {
  try {
    return await act(await caches.open(CACHE));
  } catch {
    return undefined;
  }
}

const bytesOf = async (response) => new Uint8Array(await response.arrayBuffer());

/** Return the bundle that this device holds, or null; one that was damaged is none. */
export async function heldBundle() {
  const kept = await withCache((cache) => cache.match(ADDRESS));
  if (!kept) return null;
  try {
    return await readBundle(await bytesOf(kept));
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

const keep = (bytes) => withCache((cache) => cache.put(ADDRESS, new Response(bytes, { headers: { "Content-Type": "application/json" } })));

/** Forget what is held: the next bundle is trusted like the first one. */
export const forgetBundle = () => withCache((cache) => cache.delete(ADDRESS));

async function fetched() {
  const request = { cache: "no-cache", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) };
  try {
    const response = await fetch(ADDRESS, request);
    return response.ok ? await bytesOf(response) : null;
  } catch {
    return null;
  }
}

/**
 * Fetch the newest bundle; return `{bundle, isOnline, refused}`.
 *
 * `bundle` is what to judge by from now on; `refused` the code for which the fetched one was not taken.
 */
export async function refreshed(held) {
  const bytes = await fetched();
  if (bytes === null) return { bundle: held, isOnline: false, refused: "" };
  try {
    const offered = await readBundle(bytes);
    const refused = held ? whyNotInPlaceOf(held, offered) : "";
    if (refused) return { bundle: held, isOnline: true, refused };
    await keep(bytes);
    return { bundle: offered, isOnline: true, refused: "" };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { bundle: held, isOnline: true, refused: error.code };
  }
}
