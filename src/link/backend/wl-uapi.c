/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests of the configuration protocol of userspace WireGuard, as text. Pure functions. The
 * caller owns the text, which may contain keys and is wiped when freed.
 */
#include "wl-uapi.h"

#include <string.h>

/* Bytes of a request without allowed IPs, and of one allowed IP. */
#define FIXED_SIZE      1024
#define ALLOWED_IP_SIZE (WL_ADDRESS_TEXT_SIZE + 16)

void
wl_uapi_text_free(WlUapiText *text)
{
    if (!text)
        return;
    explicit_bzero(text->str, text->allocated_len);
    g_string_free(text, TRUE);
}

static void
append_key(WlUapiText *text, const char *name, const WlKey *key)
{
    g_string_append(text, name);
    g_string_append_c(text, '=');
    for (guint i = 0; i < WL_KEY_SIZE; i++) {
        g_string_append_c(text, "0123456789abcdef"[key->bytes[i] >> 4]);
        g_string_append_c(text, "0123456789abcdef"[key->bytes[i] & 15]);
    }
    g_string_append_c(text, '\n');
}

WlUapiText *
wl_uapi_set_device(const WlKey *private_key, guint16 listen_port, guint32 fwmark)
{
    WlUapiText *text = g_string_sized_new(FIXED_SIZE);

    g_string_append(text, "set=1\n");
    append_key(text, "private_key", private_key);
    /* Before the port, so that no socket is bound without the mark. */
    if (fwmark)
        g_string_append_printf(text, "fwmark=%u\n", fwmark);
    g_string_append_printf(text, "listen_port=%u\nreplace_peers=true\n\n", listen_port);
    return text;
}

WlUapiText *
wl_uapi_set_mark(guint32 fwmark)
{
    WlUapiText *text = g_string_new(NULL);

    g_string_append_printf(text, "set=1\nfwmark=%u\n\n", fwmark);
    return text;
}

WlUapiText *
wl_uapi_set_listen_port(guint16 listen_port)
{
    WlUapiText *text = g_string_new(NULL);

    g_string_append_printf(text, "set=1\nlisten_port=%u\n\n", listen_port);
    return text;
}

WlUapiText *
wl_uapi_set_peer(const WlPeerChange *change)
{
    static const WlKey no_key;
    gboolean full = change->kind == WL_PEER_ADD || change->kind == WL_PEER_RECREATE;
    gboolean with_list = full || (change->kind == WL_PEER_UPDATE && change->replace_allowed_ips);
    const GArray *list = with_list ? change->allowed_ips : NULL;
    /* Allocated at once: growing would leave copies of the preshared key in freed memory. */
    WlUapiText *text =
        g_string_sized_new(FIXED_SIZE + (list ? (gsize) list->len * ALLOWED_IP_SIZE : 0));

    g_string_append(text, "set=1\n");
    if (change->kind == WL_PEER_REMOVE || change->kind == WL_PEER_RECREATE) {
        append_key(text, "public_key", &change->public_key);
        g_string_append(text, "remove=true\n");
    }
    if (change->kind != WL_PEER_REMOVE) {
        append_key(text, "public_key", &change->public_key);
        if (!full)
            g_string_append(text, "update_only=true\n");
        if (full || change->replace_settings) {
            append_key(text, "preshared_key",
                       change->has_preshared_key ? &change->preshared_key : &no_key);
            g_string_append_printf(text, "persistent_keepalive_interval=%u\n", change->keepalive);
        }
        if (wl_endpoint_is_set(&change->endpoint)) {
            g_autofree char *endpoint = wl_endpoint_to_string(&change->endpoint);

            g_string_append_printf(text, "endpoint=%s\n", endpoint);
        }
        if (with_list)
            g_string_append(text, "replace_allowed_ips=true\n");
        for (guint i = 0; list && i < list->len; i++) {
            g_autofree char *prefix = wl_prefix_to_string(&g_array_index(list, WlPrefix, i));

            g_string_append_printf(text, "allowed_ip=%s\n", prefix);
        }
    }
    g_string_append_c(text, '\n');
    return text;
}
