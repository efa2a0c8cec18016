/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sizes of the tables of a native member. The only check that reads the state of the engine.
 */
#include "oracle/oracle-private.h"
#include "state/wl-engine-state.h"

/* Taken from docs/engine.md "Limits" and not from the constants of the engine, which may be
 * wrong. */
#define MAX_FACTS     20000
#define MAX_OF_PEER   32
#define MAX_OF_SOURCE 10000
#define MAX_LEARNED   1000
#define MAX_ENDPOINTS 16
#define MAX_OF_ONE    4
#define MAX_OF_NAME   16
#define MAX_PAST      8

static guint
count_of(const WlFactEntry *entry, const WlKey *source)
{
    guint n = 0;

    for (guint i = 0; i < entry->sources->len; i++)
        n += wl_key_equal(&g_array_index(entry->sources, WlFactSource, i).key, source);
    return n;
}

/* The endpoints held of one subject, in all and from one source. */
static char *
check_endpoints(const SimHost *host, const WlEngine *engine, const WlKey *subject)
{
    const GPtrArray *about = wl_fact_set_about(engine->facts, subject);
    const SimHost *who = sim_world_find_key(host->world, subject);
    guint all = 0;

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];
        gboolean endpoint = entry->fact.attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
                            entry->fact.attribute == WL_ATTRIBUTE_ENDPOINT_V6;

        if (!endpoint)
            continue;
        all += entry->sources->len;
        for (guint j = 0; j < entry->sources->len; j++) {
            const WlKey *source = &g_array_index(entry->sources, WlFactSource, j).key;
            guint own = 0;

            for (guint k = 0; k < about->len; k++) {
                const WlFactEntry *other = about->pdata[k];
                if (other->fact.attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
                    other->fact.attribute == WL_ATTRIBUTE_ENDPOINT_V6)
                    own += count_of(other, source);
            }
            if (own > MAX_OF_ONE)
                return g_strdup_printf("%s holds %u endpoints of %s from one source", host->name,
                                       own, who ? who->name : "unknown");
        }
    }
    if (all > MAX_ENDPOINTS)
        return g_strdup_printf("%s holds %u endpoints of %s", host->name, all,
                               who ? who->name : "unknown");
    return NULL;
}

/* The facts held from each source. There is nothing to count while all of them are fewer than the
 * limit. */
static char *
check_sources(const SimHost *host, const WlEngine *engine)
{
    g_autoptr(GHashTable) sources = NULL;

    if (wl_fact_set_count_sources(engine->facts) <= MAX_OF_SOURCE)
        return NULL;
    sources = g_hash_table_new(wl_key_hash, wl_key_equal);
    for (guint i = 0; i < wl_fact_set_size(engine->facts); i++) {
        const GArray *claims = wl_fact_set_get(engine->facts, i)->sources;
        for (guint j = 0; j < claims->len; j++) {
            WlKey *source = &g_array_index(claims, WlFactSource, j).key;
            guint n = GPOINTER_TO_UINT(g_hash_table_lookup(sources, source)) + 1;
            const SimHost *who = sim_world_find_key(host->world, source);

            if (n > MAX_OF_SOURCE)
                return g_strdup_printf("%s holds more than %d facts from %s", host->name,
                                       MAX_OF_SOURCE, who ? who->name : "unknown");
            g_hash_table_insert(sources, source, GUINT_TO_POINTER(n));
        }
    }
    return NULL;
}

/* The candidates that @peer may have: those of the profile and of facts, and its past ones. */
static guint
max_candidates(const WlPeer *peer)
{
    guint most = MAX_ENDPOINTS + MAX_PAST;

    for (guint i = 0; peer->config && i < peer->config->endpoints->len; i++) {
        WlEndpoint literal;
        most += wl_endpoint_parse(peer->config->endpoints->pdata[i], &literal) ? 1 : MAX_OF_NAME;
    }
    return most;
}

char *
check_tables(const SimHost *host, const GArray *facts)
{
    const WlEngine *engine = host->engine;
    const WlKey *last = NULL;
    char *wrong;

    if (wl_fact_set_count_sources(engine->facts) >
        MAX_FACTS + MAX_OF_PEER * host->config->peers->len)
        return g_strdup_printf("%s holds %u facts", host->name,
                               wl_fact_set_count_sources(engine->facts));
    if (engine->peers.learned > MAX_LEARNED)
        return g_strdup_printf("%s has learned %u members", host->name, engine->peers.learned);
    wrong = check_sources(host, engine);
    for (guint i = 0; !wrong && i < facts->len; i++) {
        const WlKey *subject = &g_array_index(facts, WlFact, i).subject;
        const WlPeer *peer = wl_peer_table_find(&engine->peers, subject);

        if (last && wl_key_equal(last, subject))
            continue;
        last = subject;
        wrong = check_endpoints(host, engine, subject);
        if (!wrong && peer && peer->endpoints.candidates->len > max_candidates(peer))
            wrong = g_strdup_printf("%s has %u candidates for %s", host->name,
                                    peer->endpoints.candidates->len, peer->names.shown);
    }
    return wrong;
}
