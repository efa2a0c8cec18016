/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts as values: construction, copies, text. Metadata is shared by reference, everything else is
 * part of the value or borrowed. wl-fact-codec.c has the bytes.
 */
#include "wl-fact.h"

#include <string.h>

#include "wl-array.h"

void
wl_fact_clear(WlFact *fact)
{
    if (fact->attribute == WL_ATTRIBUTE_METADATA)
        g_clear_pointer(&fact->value.metadata, wl_metadata_unref);
    memset(fact, 0, sizeof(*fact));
}

void
wl_fact_copy(const WlFact *fact, WlFact *copy)
{
    *copy = *fact;
    if (copy->attribute == WL_ATTRIBUTE_METADATA && copy->value.metadata)
        wl_metadata_ref(copy->value.metadata);
}

GArray *
wl_fact_array_new(void)
{
    GArray *facts = wl_array_new(WlFact);

    g_array_set_clear_func(facts, (GDestroyNotify) wl_fact_clear);
    return facts;
}

/* ---- construction
 * -------------------------------------------------------------------------------- */

static void
init_fact(WlFact *fact, const WlKey *subject, gint64 expires)
{
    *fact = (WlFact){.subject = *subject, .expires = expires};
}

void
wl_fact_init_alive(WlFact *fact, const WlKey *subject, const WlBootId *boot_id, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->attribute = WL_ATTRIBUTE_ALIVE;
    fact->value.boot_id = *boot_id;
}

void
wl_fact_init_endpoint(WlFact *fact, const WlKey *subject, const WlEndpoint *endpoint,
                      gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->value.endpoint.ip = wl_ip_normalized(&endpoint->ip);
    fact->value.endpoint.port = endpoint->port;
    fact->attribute = fact->value.endpoint.ip.family == WL_FAMILY_V4 ? WL_ATTRIBUTE_ENDPOINT_V4
                                                                     : WL_ATTRIBUTE_ENDPOINT_V6;
}

void
wl_fact_init_allowed(WlFact *fact, const WlKey *subject, const WlPrefix *prefix, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->value.prefix = *prefix;
    if (wl_ip_is_v4_mapped(&prefix->ip) && prefix->length >= 96) {
        fact->value.prefix.ip = wl_ip_normalized(&prefix->ip);
        fact->value.prefix.length = prefix->length - 96;
    }
    fact->attribute = fact->value.prefix.ip.family == WL_FAMILY_V4 ? WL_ATTRIBUTE_ALLOWED_V4
                                                                   : WL_ATTRIBUTE_ALLOWED_V6;
}

void
wl_fact_init_metadata(WlFact *fact, const WlKey *subject, WlMetadata *metadata, gint64 expires)
{
    init_fact(fact, subject, expires);
    fact->attribute = WL_ATTRIBUTE_METADATA;
    fact->value.metadata = wl_metadata_ref(metadata);
}

void
wl_fact_init_path(WlFact *fact, const WlKey *subject, const WlPathMessage *message)
{
    init_fact(fact, subject, 0);
    fact->attribute = WL_ATTRIBUTE_PATH;
    fact->value.path = *message;
}

void
wl_fact_init_router(WlFact *fact, const WlKey *subject, const WlRouterMessage *message)
{
    init_fact(fact, subject, 0);
    fact->attribute = WL_ATTRIBUTE_ROUTER;
    fact->value.router = *message;
}

void
wl_fact_init_ack(WlFact *fact, const WlKey *subject, const guint8 *nonces, gsize n)
{
    init_fact(fact, subject, 0);
    fact->attribute = WL_ATTRIBUTE_ACK;
    fact->value.ack.version = WL_ACK_VERSION;
    fact->value.ack.nonces = nonces;
    fact->value.ack.n = n;
}

/* ---- text ------------------------------------------------------------------------------- */

static char *
describe_member(const WlMetadata *metadata)
{
    g_autofree char *name = wl_metadata_dup_display_name(metadata);
    const char *basic = wl_metadata_is_basic(metadata) ? " (basic)" : "";

    return name ? g_strdup_printf("member %s%s", name, basic) : g_strdup_printf("member%s", basic);
}

char *
wl_fact_describe(const WlFact *fact)
{
    g_autofree char *value = NULL;

    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        return g_strdup("alive");
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        value = wl_endpoint_to_string(&fact->value.endpoint);
        return g_strdup_printf("endpoint %s", value);
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        value = wl_prefix_to_string(&fact->value.prefix);
        return g_strdup_printf("allowed IPs %s", value);
    case WL_ATTRIBUTE_MEMBER:
        return g_strdup("member");
    case WL_ATTRIBUTE_METADATA:
        return describe_member(fact->value.metadata);
    case WL_ATTRIBUTE_GROUP:
        return g_strdup_printf("group of %" G_GSIZE_FORMAT " bytes",
                               fact->value.group.inner_length);
    case WL_ATTRIBUTE_PATH:
        if (fact->value.path.version != WL_PATH_VERSION)
            return g_strdup_printf("path message of version %u", fact->value.path.version);
        if (fact->value.path.flags & WL_PATH_PROBE_REQUEST)
            return g_strdup("probe request");
        return g_strdup_printf("path %s, epoch %u",
                               fact->value.path.flags & WL_PATH_DIRECT ? "direct" : "router",
                               fact->value.path.epoch);
    case WL_ATTRIBUTE_ROUTER:
        if (fact->value.router.version != WL_ROUTER_VERSION)
            return g_strdup_printf("router message of version %u", fact->value.router.version);
        value = wl_key_to_string(&fact->value.router.router);
        return g_strdup_printf("router %.8s%s, epoch %u", value,
                               fact->value.router.flags & WL_ROUTER_COME    ? " (come)"
                               : fact->value.router.flags & WL_ROUTER_HOLDS ? " (held)"
                                                                            : "",
                               fact->value.router.epoch);
    case WL_ATTRIBUTE_ACK:
        if (fact->value.ack.version != WL_ACK_VERSION)
            return g_strdup_printf("ack of version %u", fact->value.ack.version);
        return g_strdup_printf("ack of %" G_GSIZE_FORMAT " datagram%s", fact->value.ack.n,
                               fact->value.ack.n == 1 ? "" : "s");
    default:
        return g_strdup_printf("unknown attribute 0x%02x", fact->attribute);
    }
}
