/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/wl-state-cache.h"

#include <string.h>

#include "facts/wl-fact-evaluate.h"
#include "facts/wl-members.h"
#include "state/wl-endpoint-policy.h"
#include "state/wl-engine-marks.h"

/*
 * The format, a key file:
 *
 *   [State]                      [<public key of a member>]
 *   Version=1                    Metadata=<base64>
 *   Key=<own public key>         Sources=<keys of the sources of its membership>;
 *                                AllowedIPs=<prefixes>;
 *                                AllowedIPsSources=<for each, the key of its source>;
 *                                Endpoints=<address:port of sessions, latest first>;
 *                                EndpointAges=<for each, the seconds since>;
 */

#define HEADER    "State"
#define VERSION   1
#define MAX_BYTES (1024 * 1024)
#define MAX_LIST  256

/* How long a save may wait for another wake-up. */
#define SAVE_SLACK WL_SEC(50)

/* ---- writing */

static void
add_key(GPtrArray *list, const WlKey *key)
{
    g_ptr_array_add(list, wl_key_to_string(key));
}

static void
set_list(GKeyFile *file, const char *group, const char *name, const GPtrArray *list)
{
    if (list->len > 0)
        g_key_file_set_string_list(file, group, name, (const char *const *) list->pdata, list->len);
}

/* The accepted source with the most trust, whose word may count for more after the restart. */
static const WlFactSource *
get_accepted(const WlEngine *self, const WlFactEntry *entry)
{
    const WlFactSource *best = NULL;
    WlTrust trust = WL_TRUST_UNSET;

    for (guint i = 0; i < entry->sources->len; i++) {
        const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, i);
        const WlPeer *source = wl_peer_table_find(&self->peers, &origin->key);

        if (origin->verdict != WL_VERDICT_ACCEPTED ||
            (best && (!source || source->membership.trust <= trust)))
            continue;
        best = origin;
        trust = source ? source->membership.trust : WL_TRUST_UNSET;
    }
    return best;
}

static void
write_membership(const WlPeer *peer, const GPtrArray *about, GKeyFile *file, const char *group)
{
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; about && i < about->len; i++) {
        const WlFactEntry *entry = about->pdata[i];

        if (entry->fact.attribute != WL_ATTRIBUTE_METADATA ||
            (peer->names.metadata && entry->fact.value.metadata != peer->names.metadata))
            continue;
        for (guint j = 0; j < entry->sources->len && sources->len < MAX_LIST; j++) {
            const WlFactSource *origin = &g_array_index(entry->sources, WlFactSource, j);
            if (origin->verdict == WL_VERDICT_ACCEPTED)
                add_key(sources, &origin->key);
        }
        if (sources->len > 0) {
            gsize length;
            const guint8 *bytes = wl_metadata_get_bytes(entry->fact.value.metadata, &length);
            g_autofree char *text = g_base64_encode(bytes, length);
            g_key_file_set_string(file, group, "Metadata", text);
            break;
        }
    }
    set_list(file, group, "Sources", sources);
}

static void
write_allowed(const WlEngine *self, const GPtrArray *about, GKeyFile *file, const char *group)
{
    g_autoptr(GPtrArray) prefixes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) sources = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; about && i < about->len && prefixes->len < MAX_LIST; i++) {
        const WlFactEntry *entry = about->pdata[i];
        const WlFactSource *origin =
            wl_fact_is_allowed(&entry->fact) ? get_accepted(self, entry) : NULL;

        if (!origin)
            continue;
        g_ptr_array_add(prefixes, wl_prefix_to_string(&entry->fact.value.prefix));
        add_key(sources, &origin->key);
    }
    set_list(file, group, "AllowedIPs", prefixes);
    set_list(file, group, "AllowedIPsSources", sources);
}

static void
write_history(const WlEngine *self, const WlPeer *peer, GKeyFile *file, const char *group)
{
    g_autoptr(GPtrArray) endpoints = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) ages = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < peer->endpoints.history->len; i++) {
        const WlPastEndpoint *past = &g_array_index(peer->endpoints.history, WlPastEndpoint, i);
        gint64 age = (self->now - past->seen) / WL_SEC(1);

        if (past->seen + WL_HISTORY_TTL <= self->now)
            break;
        g_ptr_array_add(endpoints, wl_endpoint_to_string(&past->endpoint));
        g_ptr_array_add(ages, g_strdup_printf("%" G_GINT64_FORMAT, age));
    }
    set_list(file, group, "Endpoints", endpoints);
    set_list(file, group, "EndpointAges", ages);
}

static void
write_peer(const WlEngine *self, const WlPeer *peer, GKeyFile *file)
{
    const GPtrArray *about = wl_fact_set_about(self->facts, &peer->key);
    g_autofree char *group = wl_key_to_string(&peer->key);

    write_membership(peer, about, file, group);
    write_allowed(self, about, file, group);
    write_history(self, peer, file, group);
}

/* What the file keeps if it cannot keep all: what the user named, then who is there. */
typedef enum {
    PLACE_CONFIGURED,
    PLACE_SESSION,
    PLACE_OTHER,
    N_PLACES,
} Place;

static Place
get_place(const WlPeer *peer)
{
    if (peer->config)
        return PLACE_CONFIGURED;
    return peer->liveness.healthy ? PLACE_SESSION : PLACE_OTHER;
}

/* FALSE: there is no room for @peer. */
static gboolean
append_peer(const WlEngine *self, const WlPeer *peer, gsize max, GString *text)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autofree char *group = NULL;
    gsize length;

    write_peer(self, peer, file);
    group = g_key_file_to_data(file, &length, NULL);
    if (length == 0)
        return TRUE;
    if (text->len + 1 + length > max)
        return FALSE;
    g_string_append_printf(text, "\n%s", group);
    return TRUE;
}

static void
append_peers(const WlEngine *self, gsize max, GString *text)
{
    for (Place place = PLACE_CONFIGURED; place < N_PLACES; place++) {
        for (guint i = 0; i < wl_peer_table_size(&self->peers); i++) {
            const WlPeer *peer = wl_peer_table_get(&self->peers, i);
            if (get_place(peer) == place && !append_peer(self, peer, max, text))
                return;
        }
    }
}

char *
wl_state_cache_dup(const WlEngine *self, gsize max)
{
    g_autofree char *own = wl_key_to_string(&self->own.key);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "[%s]\nVersion=%d\nKey=%s\n", HEADER, VERSION, own);
    append_peers(self, max, text);
    return g_string_free(text, FALSE);
}

char *
wl_engine_dup_state(const WlEngine *self)
{
    return wl_state_cache_dup(self, MAX_BYTES);
}

void
wl_state_cache_update(WlEngine *self)
{
    if (self->outputs.state_save_due <= self->now) {
        self->outputs.state_save_due = WL_NEVER;
        self->outputs.state_saved = self->now;
        wl_outputs_push(&self->outputs, wl_output_new(WL_OUTPUT_SAVE_STATE));
    }
    /* With the next turn, or after a while by itself. */
    if (self->outputs.state_save_due != WL_NEVER)
        wl_scheduler_wake_at(&self->scheduler, self->outputs.state_save_due + SAVE_SLACK);
}

/* ---- reading: every value is checked */

static gboolean
check_header(const WlEngine *self, GKeyFile *file, GError **error)
{
    g_autofree char *own = wl_key_to_string(&self->own.key);
    g_autofree char *key = g_key_file_get_string(file, HEADER, "Key", NULL);

    if (g_key_file_get_integer(file, HEADER, "Version", NULL) != VERSION) {
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE,
                    "the state file is not of version %d; it will be replaced", VERSION);
        return FALSE;
    }
    if (g_strcmp0(key, own) != 0) {
        g_set_error_literal(
            error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE,
            "the state file belongs to another key of this machine and is not used");
        return FALSE;
    }
    return TRUE;
}

static void
load_fact(WlEngine *self, WlFact *fact, const WlKey *source)
{
    WlFactEntry *entry;
    WlFactSource *origin;

    if (!wl_peer_table_find(&self->peers, source) ||
        !wl_fact_set_restore_source(self->facts, fact, source, self->now, &entry, &origin))
        return;
    wl_fact_set_set_verdict(self->facts, origin, WL_VERDICT_N);
    if (!wl_fact_evaluate_source(self, entry, origin))
        wl_engine_prefix_changed(self, entry);
}

/* NULL: there is none, or it is not valid. */
static WlMetadata *
load_metadata(GKeyFile *file, const char *group)
{
    g_autofree char *text = g_key_file_get_string(file, group, "Metadata", NULL);
    g_autoptr(WlMetadata) metadata = NULL;
    g_autofree guchar *bytes = NULL;
    WlDecodeError failed;
    gsize length, used;

    if (!text)
        return NULL;
    bytes = g_base64_decode(text, &length);
    metadata = wl_metadata_decode(bytes, length, &used, &failed);
    return metadata && used == length ? g_steal_pointer(&metadata) : NULL;
}

static void
load_membership(WlEngine *self, GKeyFile *file, const char *group, const WlKey *key)
{
    g_auto(GStrv) sources = g_key_file_get_string_list(file, group, "Sources", NULL, NULL);
    g_autoptr(WlMetadata) metadata = load_metadata(file, group);
    WlFact fact;

    if (!metadata)
        return;
    wl_fact_init_metadata(&fact, key, metadata, 0);
    for (guint i = 0; sources && sources[i] && i < MAX_LIST; i++) {
        WlKey source;
        if (wl_key_parse(sources[i], &source))
            load_fact(self, &fact, &source);
    }
    wl_fact_clear(&fact);
}

static void
load_allowed_ips(WlEngine *self, GKeyFile *file, const char *group, const WlKey *key)
{
    g_auto(GStrv) prefixes = g_key_file_get_string_list(file, group, "AllowedIPs", NULL, NULL);
    g_auto(GStrv) sources =
        g_key_file_get_string_list(file, group, "AllowedIPsSources", NULL, NULL);

    for (guint i = 0; prefixes && sources && prefixes[i] && sources[i] && i < MAX_LIST; i++) {
        WlPrefix prefix;
        WlKey source;
        WlFact fact;

        if (!wl_prefix_parse(prefixes[i], &prefix) || !wl_key_parse(sources[i], &source))
            continue;
        wl_fact_init_allowed(&fact, key, &prefix, 0);
        load_fact(self, &fact, &source);
    }
}

/* The time that this machine was off does not count: the engine knows no other clock. */
static void
load_history(WlEngine *self, GKeyFile *file, const char *group, const WlKey *key)
{
    g_auto(GStrv) texts = g_key_file_get_string_list(file, group, "Endpoints", NULL, NULL);
    g_auto(GStrv) ages = g_key_file_get_string_list(file, group, "EndpointAges", NULL, NULL);
    WlPeer *peer = wl_peer_table_find(&self->peers, key);
    guint n = texts && ages ? MIN(g_strv_length(texts), g_strv_length(ages)) : 0;

    /* From the oldest: the latest one is the one that worked last. */
    for (guint i = MIN(n, WL_MAX_HISTORY); peer && i-- > 0;) {
        WlEndpoint endpoint;
        guint64 age;

        if (!wl_endpoint_parse(texts[i], &endpoint) ||
            !g_ascii_string_to_unsigned(ages[i], 10, 0, WL_HISTORY_TTL / WL_SEC(1), &age, NULL) ||
            wl_endpoint_policy_check(&self->policy, &endpoint) != WL_VERDICT_ACCEPTED)
            continue;
        wl_peer_set_worked(peer, &endpoint, self->now - (gint64) age * WL_SEC(1),
                           self->now + WL_WORKED_TTL);
        wl_engine_candidates_changed(self, peer);
    }
}

gboolean
wl_state_cache_load(WlEngine *self, const char *state, gsize length, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;
    g_auto(GStrv) groups = NULL;

    if (length > MAX_BYTES) {
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE,
                    "the state file is too large (%" G_GSIZE_FORMAT " bytes, at most %d)", length,
                    MAX_BYTES);
        return FALSE;
    }
    if (!g_key_file_load_from_data(file, state, length, G_KEY_FILE_NONE, &local)) {
        g_set_error(error, WL_ENGINE_ERROR, WL_ENGINE_ERROR_STATE,
                    "the state file cannot be read: %s", local->message);
        return FALSE;
    }
    if (!check_header(self, file, error))
        return FALSE;
    groups = g_key_file_get_groups(file, NULL);
    for (guint i = 0; groups[i]; i++) {
        WlKey key;

        if (!wl_key_parse(groups[i], &key) || wl_key_equal(&key, &self->own.key))
            continue;
        load_membership(self, file, groups[i], &key);
        wl_members_restore(self, &key);
        load_allowed_ips(self, file, groups[i], &key);
        load_history(self, file, groups[i], &key);
    }
    return TRUE;
}
