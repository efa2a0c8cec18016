/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Views of the model, for the simulator and for tests. Arrays are to be freed by the caller.
 */
#include "go/go-private.h"

#include "wl-engine-config.h"

gboolean
go_get_peer(const GoDaemon *self, const WlKey *key, GoPeer *peer)
{
    const WlDevicePeer *device = self->device ? wl_device_find(self->device, key) : NULL;
    const WlPeerConfig *config = wl_engine_config_find(self->config, key);
    const GoState *state = go_state(self, key);

    *peer = (GoPeer){.alive_until = -1};
    if (wl_key_equal(key, &self->key) || (!device && !config && !state))
        return FALSE;
    peer->configured = config != NULL;
    peer->in_device = device != NULL;
    peer->basic = config && config->basic;
    peer->name = config && config->name ? config->name : state ? state->name : NULL;
    if (state) {
        peer->healthy = state->healthy;
        peer->alive = state->alive;
        peer->basic = peer->basic || state->basic;
        if (state->alive)
            peer->alive_until = state->alive_until;
    }
    if (device) {
        peer->router = go_is_router_peer(device);
        peer->endpoint = device->endpoint;
        peer->allowed_ips = device->allowed_ips;
    }
    return TRUE;
}

GArray *
go_dup_peers(const GoDaemon *self)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(WlKey));

    for (guint i = 0; self->device && i < self->device->peers->len; i++) {
        const WlDevicePeer *peer = self->device->peers->pdata[i];

        g_array_append_val(keys, peer->public_key);
    }
    g_array_sort(keys, wl_key_compare);
    return keys;
}

GArray *
go_dup_facts(const GoDaemon *self)
{
    GArray *facts = wl_fact_array_new();

    for (guint i = 0; i < self->facts->list->len; i++) {
        WlFact copy;

        wl_fact_copy(self->facts->list->pdata[i], &copy);
        g_array_append_val(facts, copy);
    }
    return facts;
}

guint
go_get_fact_count(const GoDaemon *self)
{
    return self->facts->list->len;
}

const WlKey *
go_get_public_key(const GoDaemon *self)
{
    return &self->key;
}

const WlBootId *
go_get_boot_id(const GoDaemon *self)
{
    return &self->boot_id;
}

gboolean
go_is_router(const GoDaemon *self)
{
    return self->router;
}

/* ---- as text ------------------------------------------------------------------------------- */

static int
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
append_sorted(GString *text, GPtrArray *lines)
{
    g_ptr_array_sort(lines, compare_lines);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (const char *) lines->pdata[i]);
}

static char *
fact_line(const GoDaemon *self, const WlFact *fact)
{
    g_autofree char *subject = go_dup_name(self, &fact->subject);
    g_autofree char *value = wl_fact_describe(fact);

    return g_strdup_printf("fact %s: %s, %.3f s left", subject, value,
                           (double) (fact->expires - self->now) / G_USEC_PER_SEC);
}

static char *
peer_line(const GoDaemon *self, const WlKey *key)
{
    g_autofree char *name = go_dup_name(self, key);
    g_autofree char *endpoint = NULL;
    GString *line = g_string_new(NULL);
    GoPeer peer;

    go_get_peer(self, key, &peer);
    endpoint = wl_endpoint_to_string(&peer.endpoint);
    g_string_append_printf(line, "peer %s: %s, %s, at %s, allowed", name,
                           peer.healthy ? "healthy" : "unhealthy",
                           peer.alive ? "alive" : "not alive",
                           wl_endpoint_is_set(&peer.endpoint) ? endpoint : "nowhere");
    for (guint i = 0; peer.allowed_ips && i < peer.allowed_ips->len; i++) {
        g_autofree char *prefix =
            wl_prefix_to_string(&g_array_index(peer.allowed_ips, WlPrefix, i));

        g_string_append_printf(line, " %s", prefix);
    }
    return g_string_free(line, FALSE);
}

char *
go_dup_state(const GoDaemon *self)
{
    g_autoptr(GPtrArray) facts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) peers = go_dup_peers(self);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < self->facts->list->len; i++)
        g_ptr_array_add(facts, fact_line(self, self->facts->list->pdata[i]));
    for (guint i = 0; i < peers->len; i++)
        g_ptr_array_add(lines, peer_line(self, &g_array_index(peers, WlKey, i)));
    append_sorted(text, facts);
    append_sorted(text, lines);
    g_string_append_printf(text, "self: %s, %s\n", self->router ? "router" : "leaf",
                           self->config->chatty ? "chatty" : "quiet");
    return g_string_free(text, FALSE);
}
