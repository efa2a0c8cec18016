/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check-private.h"

#define LOCAL_TTL 255 /* s, of what a member knows itself */

/* ---- what was heard */

struct _Heard {
    GHashTable *facts; /* WlFact* -> gint64* */
};

static void
fact_free(WlFact *fact)
{
    wl_fact_clear(fact);
    g_free(fact);
}

Heard *
heard_new(void)
{
    Heard *self = g_new0(Heard, 1);

    self->facts = g_hash_table_new_full(wl_fact_identity_hash, wl_fact_identity_equal,
                                        (GDestroyNotify) fact_free, g_free);
    return self;
}

void
heard_free(Heard *self)
{
    g_hash_table_unref(self->facts);
    g_free(self);
}

void
heard_note(Heard *self, gint64 now, const WlFact *fact)
{
    gint64 expires = now + SIM_SEC(fact->ttl);
    gint64 *known = g_hash_table_lookup(self->facts, fact);
    WlFact *copy;

    if (known) {
        *known = MAX(*known, expires);
        return;
    }
    copy = g_new0(WlFact, 1);
    wl_fact_copy(fact, copy);
    g_hash_table_insert(self->facts, copy, g_memdup2(&expires, sizeof(expires)));
}

gint64
heard_expires(const Heard *self, const WlFact *fact)
{
    const gint64 *known = g_hash_table_lookup(self->facts, fact);

    return known ? *known : -1;
}

/* ---- what may be told */

static const WlPeerConfig *
find_config(const SimHost *host, const WlKey *key)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (wl_key_equal(&peer->public_key, key))
            return peer;
    }
    return NULL;
}

static gboolean
has_prefix(const GArray *prefixes, const WlPrefix *prefix)
{
    WlPrefix wanted = wl_prefix_masked(prefix);

    for (guint i = 0; i < prefixes->len; i++) {
        WlPrefix masked = wl_prefix_masked(&g_array_index(prefixes, WlPrefix, i));
        if (wl_prefix_equal(&masked, &wanted))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_configured_endpoint(const SimHost *host, const WlPeerConfig *config, const WlEndpoint *endpoint)
{
    for (guint i = 0; config && i < config->endpoints->len; i++) {
        g_autoptr(GArray) resolved = NULL;
        WlEndpoint literal;

        if (wl_endpoint_parse(config->endpoints->pdata[i], &literal)) {
            if (wl_endpoint_equal(&literal, endpoint))
                return TRUE;
            continue;
        }
        resolved = sim_world_resolve(host->world, config->endpoints->pdata[i]);
        for (guint j = 0; j < resolved->len; j++) {
            if (wl_endpoint_equal(&g_array_index(resolved, WlEndpoint, j), endpoint))
                return TRUE;
        }
    }
    return FALSE;
}

/* What it says itself: of an endpoint that it is just leaving, too. */
static gboolean
says_itself(const SimHost *from, const WlFact *fact)
{
    g_autofree char *value = wl_endpoint_to_string(&fact->value.endpoint);
    g_autoptr(GPtrArray) facts = NULL;

    if (from->kind != SIM_KIND_OURS)
        return FALSE;
    facts = wl_engine_dup_facts(from->member);
    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *view = facts->pdata[i];
        if (view->local && wl_key_equal(&view->subject, &fact->subject) &&
            g_str_equal(view->attribute, "endpoint") && g_str_equal(view->value, value))
            return TRUE;
    }
    return FALSE;
}

/* It knows that itself: protocol section 5.2. */
static gboolean
knows_itself(const SimHost *from, const WlFact *fact)
{
    const WlPeerConfig *config = find_config(from, &fact->subject);
    WlEndpoint seen;

    if (wl_key_equal(&fact->subject, &from->public_key))
        return TRUE;
    switch (fact->attribute) {
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        return (sim_device_get_endpoint(from->device, &fact->subject, &seen) &&
                wl_endpoint_equal(&seen, &fact->value.endpoint)) ||
               says_itself(from, fact) ||
               is_configured_endpoint(from, config, &fact->value.endpoint);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        if (config && has_prefix(config->allowed_ips, &fact->value.prefix))
            return TRUE;
        return from->with->is_router(from->member) &&
               sim_device_has_allowed(from->device, &fact->subject, &fact->value.prefix);
    case WL_ATTRIBUTE_METADATA:
        return config || (from->with->is_router(from->member) &&
                          sim_device_has_peer(from->device, &fact->subject));
    default:
        return FALSE;
    }
}

char *
check_fact_sent(const SimHost *from, const Heard *heard, const WlFact *fact)
{
    g_autofree char *what = NULL;
    const SimHost *about;
    gint64 expires;

    if (fact->attribute == WL_ATTRIBUTE_WAY) {
        return NULL; /* never relayed; about another, it is a request only */
    } else if (fact->attribute == WL_ATTRIBUTE_ALIVE) {
        if (fact->ttl <= LOCAL_TTL && wl_key_equal(&fact->subject, &from->public_key))
            return NULL;
    } else if (knows_itself(from, fact)) {
        if (fact->ttl <= LOCAL_TTL)
            return NULL;
    } else {
        expires = heard_expires(heard, fact);
        if (from->world->now + SIM_SEC(fact->ttl) <= expires)
            return NULL;
    }
    what = wl_fact_describe(fact);
    about = sim_world_find_key(from->world, &fact->subject);
    return g_strdup_printf(
        "%s tells \"%s\" of %s for %u s, which is longer than it was told, or more "
        "than it knows",
        from->name, what, about ? about->name : "somebody", fact->ttl);
}

/* ---- what may be in the device */

static gboolean
is_inside(const GArray *networks, const WlPrefix *prefix)
{
    for (guint i = 0; i < networks->len; i++) {
        if (wl_prefix_contains(&g_array_index(networks, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_own_address(const SimHost *host, const WlPrefix *prefix)
{
    for (guint i = 0; i < host->config->addresses->len; i++) {
        if (wl_prefix_contains_ip(prefix, &g_array_index(host->config->addresses, WlPrefix, i).ip))
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_accepted(const GPtrArray *facts, const WlKey *subject, const char *attribute, const char *value)
{
    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (fact->accepted && !fact->local && wl_key_equal(&fact->subject, subject) &&
            g_str_equal(fact->attribute, attribute) && (!value || g_str_equal(fact->value, value)))
            return TRUE;
    }
    return FALSE;
}

static char *
check_prefix(const SimHost *host, const SimHost *peer, const WlPeerConfig *config,
             const GArray *networks, const GPtrArray *facts, const WlPrefix *prefix)
{
    g_autofree char *text = wl_prefix_to_string(prefix);

    if (config && has_prefix(config->allowed_ips, prefix))
        return NULL;
    if (prefix->length <= 1 || !is_inside(networks, prefix) || is_own_address(host, prefix))
        return g_strdup_printf("%s gives %s to %s, which no fact may claim", host->name, text,
                               peer ? peer->name : "somebody");
    if (!is_accepted(facts, &peer->public_key, "allowed-ips", text))
        return g_strdup_printf("%s gives %s to %s, and holds no accepted fact that says so",
                               host->name, text, peer->name);
    return NULL;
}

static char *
check_device_peer(const SimHost *host, const WlDevicePeer *device, const GArray *networks,
                  const GPtrArray *facts)
{
    const WlPeerConfig *config = find_config(host, &device->public_key);
    const SimHost *peer = sim_world_find_key(host->world, &device->public_key);

    if (!config && !is_accepted(facts, &device->public_key, "member", NULL))
        return g_strdup_printf("%s has %s in its device, which nobody made a member", host->name,
                               peer ? peer->name : "somebody");
    for (guint i = 0; i < device->allowed_ips->len; i++) {
        const WlPrefix *prefix = &g_array_index(device->allowed_ips, WlPrefix, i);
        char *wrong;

        if (wl_ip_is_link_local(&prefix->ip))
            continue;
        wrong = check_prefix(host, peer, config, networks, facts, prefix);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static char *
check_routes(const SimHost *host, const GArray *networks)
{
    g_autoptr(GArray) routes = wl_engine_dup_routes(host->member);

    for (guint i = 0; i < routes->len; i++) {
        const WlPrefix *route = &g_array_index(routes, WlPrefix, i);
        if (!is_inside(networks, route)) {
            g_autofree char *text = wl_prefix_to_string(route);
            return g_strdup_printf("%s routes %s, which is outside its networks", host->name, text);
        }
    }
    return NULL;
}

char *
check_device(const SimHost *host)
{
    g_autoptr(WlDevice) device = sim_device_read(host->device);
    g_autoptr(GPtrArray) facts = wl_engine_dup_facts(host->member);
    g_autoptr(GArray) networks = wl_engine_dup_networks(host->member);
    char *wrong;

    for (guint i = 0; i < host->config->peers->len; i++) {
        const WlPeerConfig *peer = host->config->peers->pdata[i];
        if (!wl_key_equal(&peer->public_key, &host->public_key) &&
            !wl_device_find(device, &peer->public_key))
            return g_strdup_printf("%s has removed %s, which its profile names", host->name,
                                   peer->name ? peer->name : "a peer");
    }
    for (guint i = 0; i < device->peers->len; i++) {
        wrong = check_device_peer(host, device->peers->pdata[i], networks, facts);
        if (wrong)
            return wrong;
    }
    return check_routes(host, networks);
}
