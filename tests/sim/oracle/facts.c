/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a native member may advertise.
 */
#include "oracle/oracle-private.h"

#define LOCAL_TTL 255 /* s, of local facts */

/* An own address that belongs to no uplink, such as that of docker0. */
static gboolean
is_private_matter(const SimHost *from, const WlFact *fact)
{
    gboolean found = FALSE;

    for (guint i = 0; i < from->ports->len; i++) {
        const SimPort *port = from->ports->pdata[i];
        for (guint j = 0; port->net && port->up && j < port->addresses->len; j++) {
            const WlPrefix *address = &g_array_index(port->addresses, WlPrefix, j);
            if (!wl_ip_equal(&address->ip, &fact->value.endpoint.ip))
                continue;
            if (g_str_has_prefix(port->name, "eth"))
                return FALSE;
            found = TRUE;
        }
    }
    return found;
}

/* A local fact: docs/protocol.md 5.2. */
static gboolean
knows_itself(const SimHost *from, const Seen *seen, const WlFact *fact)
{
    const WlPeerConfig *config = rules_find_config(from, &fact->subject);

    switch (fact->attribute) {
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        if (wl_key_equal(&fact->subject, &from->public_key))
            return !is_private_matter(from, fact);
        return seen_is_at(seen, from->world->now, &fact->subject, &fact->value.endpoint) ||
               rules_is_configured_endpoint(from, config, &fact->value.endpoint);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        if (config && rules_has_prefix(config->allowed_ips, &fact->value.prefix))
            return TRUE;
        if (wl_key_equal(&fact->subject, &from->public_key))
            return rules_has_prefix(from->config->addresses, &fact->value.prefix);
        return rules_is_router(from) &&
               sim_device_has_allowed(from->device, &fact->subject, &fact->value.prefix);
    case WL_ATTRIBUTE_METADATA:
        return wl_key_equal(&fact->subject, &from->public_key) || config ||
               (rules_is_router(from) && sim_device_has_peer(from->device, &fact->subject));
    default:
        return FALSE;
    }
}

static gboolean
is_endpoint(const WlFact *fact)
{
    return fact->attribute == WL_ATTRIBUTE_ENDPOINT_V4 ||
           fact->attribute == WL_ATTRIBUTE_ENDPOINT_V6;
}

char *
check_fact_sent(const SimHost *from, const Heard *heard, const Seen *seen, const WlFact *fact)
{
    g_autofree char *what = NULL;
    const SimHost *about;

    if (fact->attribute == WL_ATTRIBUTE_PATH || fact->attribute == WL_ATTRIBUTE_ACK ||
        fact->attribute == WL_ATTRIBUTE_ROUTER) {
        return NULL; /* never relayed; with another member as subject it is only a request */
    } else if (fact->attribute == WL_ATTRIBUTE_ALIVE) {
        if (fact->ttl <= LOCAL_TTL && wl_key_equal(&fact->subject, &from->public_key))
            return NULL;
    } else if (knows_itself(from, seen, fact)) {
        if (fact->ttl <= LOCAL_TTL)
            return NULL;
    } else {
        /* Facts of the state cache are not advertised, nor what others say about an endpoint. */
        gint64 expires = is_endpoint(fact) ? heard_from_subject(heard, from, fact, from->started)
                                           : heard_expires(heard, from, fact, from->started);
        if (fact->ttl <= LOCAL_TTL && from->world->now + SIM_SEC(fact->ttl) <= expires)
            return NULL;
    }
    what = wl_fact_describe(fact);
    about = sim_world_find_key(from->world, &fact->subject);
    return g_strdup_printf("%s advertises \"%s\" of %s for %u s, longer than a trusted source "
                           "advertised it, or without knowing it",
                           from->name, what, about ? about->name : "unknown", fact->ttl);
}
